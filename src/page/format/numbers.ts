const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Bytes with three figures: `12.3 MB`. Powers of ten, as the command line shows them. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–'
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${bytes < 0 ? '−' : ''}${value.toFixed(digits)} ${UNITS[unit] ?? ''}`
}

export function rateText(bytesPerSecond: number): string {
  return `${bytesText(bytesPerSecond)}/s`
}

const COUNT = new Intl.NumberFormat('en-GB')

/** A whole number, its thousands apart: `12,345`. */
export function countText(count: number): string {
  return COUNT.format(count)
}

/** A count with its word, in the plural but for one: `1 session`, `1,200 sessions`. */
export function countOf(count: number, word: string): string {
  return `${countText(count)} ${word}${count === 1 ? '' : 's'}`
}

/** Few digits, enough to compare. */
export function ratioText(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–'
  return ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)
}

export function percentText(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '–'
}
