import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { bytesText, countOf, countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import type { EnginePart, PartnerRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { Facts } from '../parts/facts.tsx'
import { Meter } from '../parts/meter.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'
import type { Column } from '../table/column.ts'
import { numberColumn } from '../table/number-column.tsx'
import { DataTable } from '../table/data-table.tsx'
import { LimitsPanel } from './limits-panel.tsx'
import { RefusedPanel } from './refused-panel.tsx'

const QUEUE_COLUMNS: readonly Column<PartnerRow>[] = [
  {
    key: 'peer',
    title: 'Peer',
    width: '124px',
    isMono: true,
    value: ({ id }) => id,
    cell: ({ id }) => <span title={id}>{shortPeer(id)}</span>
  },
  {
    key: 'agent',
    title: 'Agent',
    width: 'minmax(90px, 1fr)',
    value: ({ agent }) => agent,
    cell: ({ agent }) => safeText(agent ?? '–', 128)
  },
  numberColumn({ key: 'wants', title: 'Its wants', width: '80px' }),
  numberColumn({ key: 'pendingTasks', title: 'Blocks to send', width: '108px' }),
  numberColumn({ key: 'queuedBytes', title: 'Queued', width: '84px', text: bytesText }),
  numberColumn({ key: 'inFlightBytes', title: 'In flight', width: '84px', text: bytesText }),
  numberColumn({ key: 'overflowDropped', title: 'No room', about: 'Wants that there was no room for', width: '92px' })
]

/** What others get of this peer: slots, queues, limits, and what is refused. */
export function Serving(): JSX.Element {
  const engine = live.parts.engine.value
  const waiting = useComputed(() =>
    live.partners.shown.value.rows.filter((partner) => partner.wants > 0 || partner.inFlightBytes > 0)
  )
  return (
    <div class="columns fill">
      <div class="stack side-column">
        {engine !== undefined && <Engine engine={engine} />}
        <LimitsPanel />
      </div>
      <div class="stack">
        <Panel title="Queues" name="grow" aside={<span>{countOf(waiting.value.length, 'partner')} waiting</span>}>
          <DataTable
            label="Queues"
            rows={waiting}
            columns={QUEUE_COLUMNS}
            sort={{ key: 'queuedBytes', direction: 'descending' }}
            empty={<Empty title="Nobody waits for anything">Partners that want blocks of this peer stand here.</Empty>}
          />
        </Panel>
        <RefusedPanel />
      </div>
    </div>
  )
}

function Engine({ engine }: { readonly engine: EnginePart }): JSX.Element {
  return (
    <Panel title="Engine" aside={<span title={safeText(engine.about)}>{safeText(engine.strategy)}</span>}>
      <div class="slots">
        <Meter
          label="Upload slots in use"
          value={engine.slotsUsed}
          max={engine.slots}
          text={`${engine.slotsUsed} of ${engine.slots} slots`}
        />
      </div>
      <Facts
        facts={[
          { name: 'Partners that wait', value: countText(engine.waitingPartners) },
          { name: 'Wants of theirs', value: countText(engine.wants) },
          { name: 'Blocks to send', value: `${countText(engine.pendingTasks)} (${bytesText(engine.pendingBytes)})` },
          { name: 'Being sent', value: `${countText(engine.activeTasks)} (${bytesText(engine.inFlightBytes)})` },
          { name: 'Look-ups in the store', value: countText(engine.lookups) },
          { name: 'Entries not read yet', value: countText(engine.waitingEntries) },
          {
            name: 'Partners without room',
            value: countText(engine.refusedPartners),
            tone: engine.refusedPartners > 0 ? 'warn' : undefined
          }
        ]}
      />
      {engine.about !== '' && <p class="panel-note">{safeText(engine.about)}</p>}
    </Panel>
  )
}
