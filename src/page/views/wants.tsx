import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { countText } from '../format/numbers.ts'
import type { WantRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'
import { stuckCount } from '../state/derived.ts'
import { DataTable } from '../table/data-table.tsx'
import { RowBrowser } from './row-browser.tsx'
import { SESSION_COLUMNS } from './session-columns.tsx'
import { WANT_COLUMNS } from './want-columns.tsx'
import { WantDetail } from './want-detail.tsx'

const WHICH = ['all', 'stuck', 'asked', 'searching'] as const
type Which = (typeof WHICH)[number]

/** What this peer wants, of whom, and for whom. */
export function Wants(): JSX.Element {
  return (
    <RowBrowser
      title="Wants"
      listing={live.wants.shown}
      columns={WANT_COLUMNS}
      sort={{ key: 'age', direction: 'ascending' }}
      tone={(want) => (want.stuckBecause === undefined ? undefined : 'bad')}
      choices={WHICH}
      choiceText={choiceText}
      isOf={isOf}
      filterLabel="Filter by CID, session or peer"
      textsOf={({ id, label, session, peers }) => [id, label, session, ...peers.map(({ peer }) => peer)]}
      empty={(isFiltered) => <NoWants isFiltered={isFiltered} />}
      part={(listed, total) => `The ${countText(listed)} oldest of ${countText(total)}.`}
      below={<Sessions />}
      detail={(id, close) => <WantDetail id={id} onClose={close} />}
    />
  )
}

function choiceText(which: Which): { text: string; count?: number } {
  if (which === 'all') return { text: 'All', count: live.wants.shown.value.total }
  if (which === 'stuck') return { text: 'Stuck', count: stuckCount.value }
  return { text: which === 'asked' ? 'Asked' : 'Searching' }
}

function isOf(want: WantRow, which: Which): boolean {
  if (which === 'stuck') return want.stuckBecause !== undefined
  return which === 'all' || want.phase === which
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
        sort={{ key: 'open', direction: 'descending' }}
        empty={<Empty title="No session is open">Each request that fetches something opens one.</Empty>}
      />
    </Panel>
  )
}
