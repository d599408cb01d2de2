import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { bytesText, countText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { shortPeer } from '../format/short-id.ts'
import type { EnginePart, PartnerRow } from '../insight.ts'
import { Empty } from '../parts/empty.tsx'
import { Facts } from '../parts/facts.tsx'
import { Meter } from '../parts/meter.tsx'
import { Panel } from '../parts/panel.tsx'
import { live } from '../state/app-state.ts'
import type { Column } from '../table/column.ts'
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
  figure('wants', 'Its wants', countText, '80px'),
  figure('pendingTasks', 'Blocks to send', countText, '108px'),
  figure('queuedBytes', 'Queued', bytesText, '84px'),
  figure('inFlightBytes', 'In flight', bytesText, '84px'),
  figure('overflowDropped', 'No room for', countText, '92px')
]

type FigureKey = 'wants' | 'pendingTasks' | 'queuedBytes' | 'inFlightBytes' | 'overflowDropped'

function figure(key: FigureKey, title: string, text: (value: number) => string, width: string): Column<PartnerRow> {
  return {
    key,
    title,
    width,
    isNumber: true,
    first: 'descending',
    value: (partner) => partner[key],
    cell: (partner) => <span class={partner[key] === 0 ? 'none' : ''}>{text(partner[key])}</span>
  }
}

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
        <Panel title="Queues" name="grow" aside={<span>{countText(waiting.value.length)} partners wait</span>}>
          <DataTable
            label="Queues"
            rows={waiting}
            columns={QUEUE_COLUMNS}
            leastPx={760}
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
