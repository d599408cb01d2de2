import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { bytesText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { live } from '../state/app-state.ts'
import { DebtRatio } from './debt-ratio.tsx'

const MOST = 8

/** Those with whom most was exchanged. */
export function TopPartners(): JSX.Element {
  const rows = useComputed(() =>
    live.partners.shown.value.rows
      .filter(({ isConnected }) => isConnected)
      .sort((a, b) => b.sent + b.received - a.sent - a.received)
      .slice(0, MOST)
  )
  return (
    <Panel title="Most traded with" aside={<a href="#/partners">All partners</a>}>
      {rows.value.length === 0 ? (
        <Empty title="No peer is connected">
          Connect to one under <a href="#/partners">Partners</a>.
        </Empty>
      ) : (
        <PlainTable
          label="Most traded with"
          rows={rows.value}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Peer', kind: 'mono', cell: ({ id }) => <span title={id}>{shortPeer(id)}</span> },
            { title: 'Agent', kind: 'cut', cell: ({ agent }) => safeText(agent ?? '–', 60) },
            { title: 'Received', kind: 'number', cell: ({ received }) => bytesText(received) },
            { title: 'Sent', kind: 'number', cell: ({ sent }) => bytesText(sent) },
            { title: 'Debt ratio', kind: 'number', cell: (partner) => <DebtRatio partner={partner} /> }
          ]}
        />
      )}
    </Panel>
  )
}
