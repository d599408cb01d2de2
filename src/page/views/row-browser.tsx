import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import type { Listing } from '../insight.ts'
import { Panel } from '../parts/panel.tsx'
import { Choice, FilterField } from '../parts/toolbar.tsx'
import { DataTable, type DataTableProps } from '../table/data-table.tsx'

interface RowBrowserProps<Row, Which extends string> extends Pick<DataTableProps<Row>, 'columns' | 'sort' | 'tone'> {
  readonly title: string
  readonly listing: ReadonlySignal<Listing<Row>>
  /** The first is chosen at the start. */
  readonly choices: readonly [Which, ...Which[]]
  readonly choiceText: (which: Which) => { readonly text: string; readonly count?: number }
  readonly isOf: (row: Row, which: Which) => boolean
  readonly filterLabel: string
  /** Texts of a row in which is looked for what is typed. */
  readonly textsOf: (row: Row) => readonly (string | undefined)[]
  readonly empty: (isFiltered: boolean) => ComponentChildren
  /** Said where not all rows are listed. */
  readonly part: (listed: number, total: number) => string
  readonly foot?: ComponentChildren
  /** Below the list. */
  readonly below?: ComponentChildren
  readonly detail: (id: string, close: () => void) => ComponentChildren
}

/** A long list that is filtered, and one row of it in detail at its side. */
export function RowBrowser<Row extends { readonly id: string }, Which extends string>(
  props: RowBrowserProps<Row, Which>
): JSX.Element {
  const { title, listing, choices, choiceText, filterLabel, below } = props
  const filter = useSignal('')
  const which = useSignal<Which>(choices[0])
  const opened = useSignal<string | undefined>(undefined)
  const rows = useComputed(() => {
    const needle = filter.value.trim().toLowerCase()
    const holds = (row: Row): boolean =>
      props.textsOf(row).some((text) => text?.toLowerCase().includes(needle) === true)
    return listing.value.rows.filter((row) => props.isOf(row, which.value) && (needle === '' || holds(row)))
  })
  const { total, rows: all } = listing.value
  return (
    <div class={opened.value === undefined ? 'split' : 'split has-side'}>
      <div class="stack fill">
        <Panel
          title={title}
          name="grow"
          aside={
            <>
              <Choice
                label={`Which ${title.toLowerCase()}`}
                chosen={which}
                choices={choices.map((value) => ({ value, ...choiceText(value) }))}
              />
              <FilterField text={filter} label={filterLabel} />
            </>
          }
        >
          <DataTable
            label={title}
            rows={rows}
            columns={props.columns}
            sort={props.sort}
            opened={opened.value}
            onOpen={(row) => (opened.value = row.id)}
            tone={props.tone}
            empty={props.empty(all.length > 0)}
          />
          {total > all.length && <p class="panel-note">{props.part(all.length, total)}</p>}
          {props.foot}
        </Panel>
        {below}
      </div>
      {opened.value !== undefined && props.detail(opened.value, () => (opened.value = undefined))}
    </div>
  )
}
