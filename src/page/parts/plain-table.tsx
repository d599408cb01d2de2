import type { ComponentChildren, JSX } from 'preact'

interface PlainColumn<Row> {
  readonly title: string
  /** Of its cells; `number` aligns its head as well. */
  readonly kind?: 'number' | 'mono' | 'cut' | 'quiet'
  readonly cell: (row: Row) => ComponentChildren
}

interface PlainTableProps<Row> {
  readonly label: string
  readonly columns: readonly PlainColumn<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}

/** A short table, all of it drawn. */
export function PlainTable<Row>({ label, columns, rows, keyOf }: PlainTableProps<Row>): JSX.Element {
  return (
    <table class="plain" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, kind }) => (
            <th key={title} scope="col" class={kind === 'number' ? kind : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, kind, cell }) => (
              <td key={title} class={kind}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
