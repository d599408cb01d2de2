/** Multiples in sizes such as `10GB`: powers of ten, and with an `i` powers of two. */
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, p: 1e15 }
const BINARY_UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

const SHOWN = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const

/** `12 MB`, `1.2 kB`, for people: powers of ten, as Kubo shows sizes, and as limits and `StorageMax` are given. */
export function formatBytes(bytes: number): string {
  if (bytes < 10) return `${Math.round(bytes)} B`
  let value = bytes
  let at = 0
  for (; value >= 1_000 && at < SHOWN.length - 1; at++) value /= 1_000
  const rounded = Math.floor(value * 10 + 0.5) / 10
  return `${rounded.toFixed(rounded < 10 ? 1 : 0)} ${SHOWN[at] ?? ''}`
}

/** Bytes of a size as people write it: `10GB`, `1.5 MiB`, `4096`; undefined for none, or one that cannot be read. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit = '', binary] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?$/iu.exec(text.trim()) ?? []
  if (amount === undefined) return undefined
  const factor = (binary === '' || binary === undefined ? UNITS : BINARY_UNITS)[unit.toLowerCase()]
  return factor === undefined ? undefined : Math.round(Number(amount) * factor)
}
