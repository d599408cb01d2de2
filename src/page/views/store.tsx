import type { JSX } from 'preact'
import { bytesText, countOf, countText, percentText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { spanText } from '../format/times.ts'
import type { CacheRow, ProvidingPart, StorePart, StoreRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import { Empty } from '../parts/empty.tsx'
import { Facts, type Fact } from '../parts/facts.tsx'
import { Meter } from '../parts/meter.tsx'
import { Panel } from '../parts/panel.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { live } from '../state/app-state.ts'

/** What is stored, what the stores do, and how others are told of it. */
export function Store(): JSX.Element {
  const store = live.parts.store.value
  const providing = live.parts.providing.value
  if (store === undefined) return <div class="stack" />
  return (
    <div class="columns even">
      <div class="stack">
        <Blocks store={store} />
        <Collection gc={store.gc} />
      </div>
      <div class="stack">
        <Work io={store.io} />
        <Caches caches={store.caches} />
        {providing !== undefined && <Providing providing={providing} />}
      </div>
    </div>
  )
}

function Blocks({ store }: { readonly store: StorePart }): JSX.Element {
  const { blocks, bytes, maxBytes, countedAt } = store
  const counted = bytes === undefined ? 'not counted yet' : bytesText(bytes)
  return (
    <Panel title="Blocks" aside={<span class="mono">{safeText(store.spec, 80)}</span>}>
      {maxBytes !== undefined && bytes !== undefined && (
        <div class="slots">
          <Meter
            label="Space used"
            value={bytes}
            max={maxBytes}
            text={`${percentText(bytes, maxBytes)} of ${bytesText(maxBytes)}`}
            tone={bytes > 0.9 * maxBytes ? 'bad' : 'payload'}
          />
        </div>
      )}
      <Facts
        facts={[
          { name: 'Blocks', value: blocks === undefined ? 'not counted yet' : countText(blocks) },
          { name: 'Bytes', value: counted },
          { name: 'Room', value: maxBytes === undefined ? 'no limit' : bytesText(maxBytes) },
          { name: 'Counted', value: countedAt === undefined ? '–' : <Ago since={countedAt} /> }
        ]}
      />
    </Panel>
  )
}

function Ago({ since }: { readonly since: number }): JSX.Element {
  return (
    <>
      <Age since={since} /> ago
    </>
  )
}

const GC_STATES = { off: 'off', idle: 'idle', running: 'running' } as const

function Collection({ gc }: { readonly gc: StorePart['gc'] }): JSX.Element {
  return (
    <Panel
      title="Garbage collection"
      aside={<span class={gc.state === 'running' ? 'tag good' : ''}>{GC_STATES[gc.state]}</span>}
    >
      {gc.lastAt === undefined ? (
        <Empty title="It has not run since the start">
          In a terminal: <code>barter repo gc</code> removes what no pin holds.
        </Empty>
      ) : (
        <Facts
          facts={[
            { name: 'Last', value: <Ago since={gc.lastAt} /> },
            { name: 'Removed', value: gc.removedBlocks === undefined ? '–' : countOf(gc.removedBlocks, 'block') },
            { name: 'Freed', value: gc.freedBytes === undefined ? '–' : bytesText(gc.freedBytes) },
            ...trouble(gc.lastError)
          ]}
        />
      )}
    </Panel>
  )
}

function trouble(lastError: string | undefined): readonly Fact[] {
  return lastError === undefined ? [] : [{ name: 'Last error', value: safeText(lastError), tone: 'bad' }]
}

function Work({ io }: { readonly io: readonly StoreRow[] }): JSX.Element {
  return (
    <Panel title="Work of the stores" aside={<span>since the start</span>}>
      <PlainTable
        label="Work of the stores"
        rows={io}
        keyOf={({ store }) => store}
        columns={[
          { title: 'Store', kind: 'mono', cell: ({ store }) => safeText(store, 60) },
          { title: 'Reads', kind: 'number', cell: ({ reads }) => countText(reads) },
          { title: 'Read', kind: 'number', cell: ({ readBytes }) => bytesText(readBytes) },
          { title: 'Writes', kind: 'number', cell: ({ writes }) => countText(writes) },
          { title: 'Written', kind: 'number', cell: ({ writtenBytes }) => bytesText(writtenBytes) },
          {
            title: 'Errors',
            kind: 'number',
            cell: ({ errors }) => <span class={errors > 0 ? 'bad-text' : ''}>{countText(errors)}</span>
          }
        ]}
      />
      {io.length === 0 && <Empty title="No store counts its work" />}
    </Panel>
  )
}

function Caches({ caches }: { readonly caches: readonly CacheRow[] }): JSX.Element {
  return (
    <Panel title="Caches">
      {caches.length === 0 ? (
        <Empty title="There is no cache">One before a slow store is set in the config.</Empty>
      ) : (
        <div class="meters">
          {caches.map(({ name, hits, lookups }) => (
            <div key={name}>
              <span>{safeText(name, 60)}</span>
              <Meter
                label={`Hits of ${name}`}
                value={hits}
                max={lookups}
                text={`${percentText(hits, lookups)} of ${countText(lookups)} hit`}
              />
            </div>
          ))}
        </div>
      )}
    </Panel>
  )
}

function Providing({ providing }: { readonly providing: ProvidingPart }): JSX.Element {
  const { cycle, behindMs } = providing
  const isLate = behindMs > 0
  return (
    <Panel
      title="Providing"
      aside={
        <span class={providing.state === 'providing' ? 'tag good' : 'tag quiet'}>{safeText(providing.state)}</span>
      }
    >
      {providing.state === 'waiting' && (
        <Empty title="No peers to tell yet">
          <code>barter bootstrap add auto</code> joins the public network.
        </Empty>
      )}
      <Facts
        facts={[
          { name: 'Strategy', value: safeText(providing.strategy) },
          { name: 'Queued', value: countText(providing.queued) },
          { name: 'Being told', value: countText(providing.active) },
          { name: 'Told', value: countText(providing.provided) },
          { name: 'Failed', value: countText(providing.failed), tone: providing.failed > 0 ? 'warn' : undefined },
          {
            name: 'Lag',
            about: 'How late the round will be, at its pace so far',
            value: isLate ? spanText(behindMs) : 'in time',
            tone: isLate ? 'warn' : undefined
          },
          ...(cycle === undefined
            ? []
            : [
                { name: 'Keys of a round', value: countText(cycle.keys) },
                { name: 'Last round took', value: cycle.durationMs === undefined ? '–' : spanText(cycle.durationMs) }
              ]),
          ...trouble(providing.lastError)
        ]}
      />
    </Panel>
  )
}
