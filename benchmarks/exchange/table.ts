import type { Line, Target } from './line.ts'

/** The lines for a terminal: name, median, spread, target, verdict. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.name,
    figure(line.measured, line.unit),
    spread(line),
    target(line),
    verdict(line)
  ])
  const head = ['', 'median', 'least … most', 'target', '']
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const print = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  const faults = lines.flatMap(({ name, detail }) => (detail.error === undefined ? [] : [`${name}: ${detail.error}`]))
  return [print(head), ...rows.map(print), ...faults].map((row) => row.trimEnd()).join('\n')
}

function figure(measured: number | null, unit: string): string {
  if (measured === null) return 'failed'
  return unit === 'ratio' ? `${measured} ×` : `${measured.toLocaleString('en')} ${unit}`
}

function spread({ detail }: Line): string {
  return detail.spread === null ? '' : detail.spread.map((figure) => figure.toLocaleString('en')).join(' … ')
}

function target({ target }: Line): string {
  if (target === null) return ''
  const stretch = target.stretch === undefined ? '' : ` (${bound(target, target.stretch)})`
  return `${bound(target, target.value)}${stretch}`
}

function bound({ at }: Target, value: number): string {
  return `${at === 'least' ? '≥' : '≤'} ${value}`
}

function verdict({ target, holds }: Line): string {
  if (!holds) return 'FAILS'
  return target === null ? '' : 'holds'
}
