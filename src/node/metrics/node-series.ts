/** What is beside the exchange, under our own names: the store, collecting, providing, this process. */
import type { StoreStats } from '../../storage/store-stats.ts'
import { counter, gauge, known, labelled, type Sample, type Scrape, type Series } from './series.ts'

export const NODE_SERIES: readonly Series[] = [
  gauge(
    'barter_start_time_seconds',
    'When this peer was started, since 1970',
    ({ snapshot }) => snapshot.peer.startedAt / 1_000
  ),
  gauge('barter_routing_on', '1 when somebody can be asked for providers', ({ snapshot }) =>
    Number(snapshot.peer.routing.off === undefined)
  ),
  counter('barter_store_reads_total', 'Looks into a store', (scrape) =>
    perStore(scrape, (store) => [
      { value: store.hits, labels: { result: 'hit' } },
      { value: store.misses, labels: { result: 'miss' } }
    ])
  ),
  counter('barter_store_writes_total', 'Values written', (scrape) =>
    perStore(scrape, ({ writes }) => [{ value: writes }])
  ),
  counter('barter_store_bytes_total', 'Bytes of values', (scrape) =>
    perStore(scrape, (store) => [
      { value: store.readBytes, labels: { direction: 'read' } },
      { value: store.writeBytes, labels: { direction: 'write' } }
    ])
  ),
  counter('barter_store_seconds_total', 'Time of calls, side by side ones added up', (scrape) =>
    perStore(scrape, (store) => [
      { value: store.readMs / 1_000, labels: { direction: 'read' } },
      { value: store.writeMs / 1_000, labels: { direction: 'write' } }
    ])
  ),
  counter('barter_store_errors_total', 'Calls that failed', (scrape) =>
    perStore(scrape, ({ errors }) => [{ value: errors }])
  ),
  counter('barter_store_damaged_total', 'Blocks that were found damaged, and put apart or stored anew', (scrape) =>
    perStore(scrape, ({ damaged }) => (damaged === undefined ? [] : [{ value: damaged }]))
  ),
  gauge('barter_store_blocks', 'Blocks stored, as counted last', ({ snapshot }) => known(snapshot.store.blocks)),
  gauge('barter_store_bytes', 'Bytes stored, as counted last', ({ snapshot }) => known(snapshot.store.bytes)),
  gauge('barter_store_max_bytes', 'Datastore.StorageMax; not there for none', ({ snapshot }) =>
    known(snapshot.store.maxBytes)
  ),
  gauge('barter_gc_running', '1 while what nobody keeps is removed', ({ snapshot }) =>
    Number(snapshot.store.gc.state === 'running')
  ),
  gauge('barter_gc_last_time_seconds', 'When the last collection ended, since 1970', ({ snapshot }) =>
    known(snapshot.store.gc.lastAt && snapshot.store.gc.lastAt / 1_000)
  ),
  gauge('barter_gc_last_removed_blocks', 'Blocks that the last collection removed', ({ snapshot }) =>
    known(snapshot.store.gc.removedBlocks)
  ),
  gauge('barter_provide_keys', 'Keys to be announced', ({ snapshot }) =>
    labelled('state', { queued: snapshot.providing.queued, active: snapshot.providing.active })
  ),
  counter('barter_provide_failed_total', 'Records that nobody took', ({ snapshot }) => snapshot.providing.failed),
  gauge(
    'barter_provide_behind_seconds',
    'How late the cycle under way will end',
    ({ snapshot }) => snapshot.providing.behindMs / 1_000
  ),
  gauge(
    'barter_event_loop_delay_seconds',
    'How long the event loop was held up, since the last scrape',
    ({ loopDelay }) => labelled('quantile', loopDelay)
  )
]

function perStore({ stores }: Scrape, read: (stats: StoreStats) => readonly Sample[]): readonly Sample[] {
  return stores.flatMap((store) =>
    read(store).map(({ value, labels }) => ({ value, labels: { store: store.name, kind: store.kind, ...labels } }))
  )
}
