import type { JSX } from 'preact'
import { bytesText, countText, percentText } from '../format/numbers.ts'
import { safeText } from '../format/safe-text.ts'
import { spanText } from '../format/times.ts'
import type { CacheRow, ProvidingPart, StorePart, StoreRow } from '../insight.ts'
import { Age } from '../parts/age.tsx'
import { Empty } from '../parts/empty.tsx'
import { Facts, type Fact } from '../parts/facts.tsx'
import { Meter } from '../parts/meter.tsx'
import { Panel } from '../parts/panel.tsx'
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
            { name: 'Removed', value: gc.removedBlocks === undefined ? '–' : `${countText(gc.removedBlocks)} blocks` },
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
      <table class="plain" aria-label="Work of the stores">
        <thead>
          <tr>
            <th scope="col">Store</th>
            <th scope="col" class="number">
              Reads
            </th>
            <th scope="col" class="number">
              Read
            </th>
            <th scope="col" class="number">
              Writes
            </th>
            <th scope="col" class="number">
              Written
            </th>
            <th scope="col" class="number">
              Errors
            </th>
          </tr>
        </thead>
        <tbody>
          {io.map((row) => (
            <tr key={row.store}>
              <td class="mono">{safeText(row.store, 60)}</td>
              <td class="number">{countText(row.reads)}</td>
              <td class="number">{bytesText(row.readBytes)}</td>
              <td class="number">{countText(row.writes)}</td>
              <td class="number">{bytesText(row.writtenBytes)}</td>
              <td class={row.errors > 0 ? 'number bad-text' : 'number'}>{countText(row.errors)}</td>
            </tr>
          ))}
        </tbody>
      </table>
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
