export interface ColumnOptions {
  /** Spaces between two columns: one, if left out. */
  readonly gap?: number
  /** Characters of the narrowest column with its gap. */
  readonly least?: number
}

/** Lines whose cells stand below each other. The last cell of each is as long as it is. */
export function columns(
  rows: readonly (readonly string[])[],
  { gap = 1, least = 0 }: ColumnOptions = {}
): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? least, cell.length + gap)
    }
  }
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('')
  )
}
