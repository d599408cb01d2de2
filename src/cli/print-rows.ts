import { safeLine } from '../safe-text.ts'
import type { Cli } from './cli.ts'
import { columns } from './columns.ts'

/**
 * Prints rows, their cells between tabs; lines that begin with a tab belong to the row above. Programs that read a pipe get
 * them as they are; on a terminal they stand in columns, below their titles.
 */
export async function printRows(
  cli: Pick<Cli, 'print'>,
  titles: string,
  lines: readonly string[],
  { isTTY, columns: width }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> = process.stdout
): Promise<void> {
  // Some terminals do not tell how wide they are.
  for (const line of isTTY && lines.length > 0 ? tableLines(titles, lines, width || 80) : lines) await cli.print(line)
}

/** Rows are cut at `width`; what belongs to one is for reading, and stays whole. */
export function tableLines(titles: string, lines: readonly string[], width: number): readonly string[] {
  const isRow = (line: string): boolean => !line.startsWith('\t')
  const cells = [titles, ...lines.filter(isRow)].map((line) => line.split('\t').map((cell) => safeLine(cell)))
  const rows = columns(cells, { gap: 2 }).map((row) => (row.length > width ? `${row.slice(0, width - 1)}…` : row))
  const table = rows.values()
  return [titles, ...lines].map((line) =>
    isRow(line) ? (table.next().value ?? '') : `  ${line.slice(1).replaceAll('\t', '  ')}`
  )
}
