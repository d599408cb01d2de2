import { useComputed, useSignal, type Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import type { WantRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { Choice, FilterField } from '../parts/toolbar.tsx'
import { live } from '../state/app-state.ts'
import { stuckCount } from '../state/derived.ts'
import { DataTable } from '../table/data-table.tsx'
import { SESSION_COLUMNS } from './session-columns.tsx'
import { WANT_COLUMNS } from './want-columns.tsx'
import { WantDetail } from './want-detail.tsx'

type Which = 'all' | 'stuck' | 'asked' | 'searching'

/** What this peer wants, of whom, and for whom. */
export function Wants(): JSX.Element {
  const filter = useSignal('')
  const which = useSignal<Which>('all')
  const opened = useSignal<string | undefined>(undefined)
  const rows = useComputed(() => {
    const needle = filter.value.trim().toLowerCase()
    return live.wants.shown.value.rows.filter((want) => isOf(want, which.value) && holds(want, needle))
  })
  const { total, rows: all } = live.wants.shown.value
  return (
    <div class={opened.value === undefined ? 'split' : 'split has-side'}>
      <div class="stack fill">
        <Panel
          title="Wants"
          name="grow"
          aside={
            <>
              <WhichChoice which={which} total={total} />
              <FilterField text={filter} label="Filter by CID, session or peer" />
            </>
          }
        >
          <DataTable
            label="Wants"
            rows={rows}
            columns={WANT_COLUMNS}
            leastPx={740}
            sort={{ key: 'age', direction: 'ascending' }}
            opened={opened.value}
            onOpen={(want) => (opened.value = want.id)}
            tone={(want) => (want.stuckBecause === undefined ? undefined : 'bad')}
            empty={<NoWants isFiltered={all.length > 0} />}
          />
          {total > all.length && (
            <p class="panel-note">
              The {countText(all.length)} oldest of {countText(total)}.
            </p>
          )}
        </Panel>
        <Sessions />
      </div>
      {opened.value !== undefined && <WantDetail id={opened.value} onClose={() => (opened.value = undefined)} />}
    </div>
  )
}

function WhichChoice({ which, total }: { readonly which: Signal<Which>; readonly total: number }): JSX.Element {
  return (
    <Choice
      label="Which wants"
      chosen={which}
      choices={[
        { value: 'all', text: 'All', count: total },
        { value: 'stuck', text: 'Stuck', count: stuckCount.value },
        { value: 'asked', text: 'Asked' },
        { value: 'searching', text: 'Searching' }
      ]}
    />
  )
}

function isOf(want: WantRow, which: Which): boolean {
  if (which === 'stuck') return want.stuckBecause !== undefined
  return which === 'all' || want.phase === which
}

function holds({ id, label, session, peers }: WantRow, needle: string): boolean {
  if (needle === '') return true
  const isHere = (text: string): boolean => text.toLowerCase().includes(needle)
  return isHere(id) || isHere(label) || isHere(session) || peers.some(({ peer }) => isHere(peer))
}

function NoWants({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  if (isFiltered) return <Empty title="No want is like this">Clear the filter to see all of them.</Empty>
  return (
    <Empty title="Nothing is wanted">
      Fetch something under <a href="#/files">Files</a>, or in a terminal: <code>barter get &lt;cid&gt;</code>
    </Empty>
  )
}

function Sessions(): JSX.Element {
  const rows = useComputed(() => live.sessions.shown.value.rows)
  return (
    <Panel title="Sessions" name="third" aside={<span>{countText(live.sessions.shown.value.total)} open</span>}>
      <DataTable
        label="Sessions"
        rows={rows}
        columns={SESSION_COLUMNS}
        leastPx={900}
        sort={{ key: 'open', direction: 'descending' }}
        empty={<Empty title="No session is open">Each request that fetches something opens one.</Empty>}
      />
    </Panel>
  )
}
