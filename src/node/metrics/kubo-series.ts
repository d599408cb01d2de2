/** What Kubo exports, under its names, so that boards and alerts made for it go on working. */
import { counter, gauge, histogram, type Sample, type Scrape, type Series } from './series.ts'

export const KUBO_SERIES: readonly Series[] = [
  gauge('ipfs_info', 'Version of this peer', ({ version }) => [{ value: 1, labels: { version, commit: '' } }]),
  gauge('ipfs_p2p_peers_total', 'Connections by transport', transports),
  gauge('ipfs_bitswap_wantlist_total', 'Blocks that are wanted', ({ snapshot }) => snapshot.wants.total),
  gauge('ipfs_bitswap_want_blocks_total', 'Blocks asked of peers that have not come', ({ snapshot }) =>
    sum(snapshot.partners.rows.map(({ owes }) => owes))
  ),
  gauge(
    'ipfs_bitswap_wanthaves_broadcast',
    'Entries of wantlists that asked whether a block is there',
    ({ meter }) => meter.wantHaves
  ),
  counter(
    'ipfs_bitswap_bcast_skips_total',
    'Peers that broadcast control kept from being asked, in each round of asking',
    ({ exchange }) => exchange.insight.broadcastSkips
  ),
  gauge('ipfs_bitswap_haves_received', 'Answers that a block is there', ({ meter }) => meter.havesReceived),
  gauge('ipfs_bitswap_blocks_received', 'Blocks that arrived', ({ snapshot }) => snapshot.traffic.blocksIn),
  gauge(
    'ipfs_bitswap_unique_blocks_received',
    'Blocks that arrived for the first time',
    ({ snapshot }) => snapshot.traffic.blocksIn - snapshot.traffic.duplicateBlocksIn
  ),
  gauge(
    'ipfs_bitswap_pending_tasks',
    'Answers that wait to be sent',
    ({ snapshot, exchange }) => snapshot.engine.pendingTasks + exchange.insight.engine().presencesHeld
  ),
  gauge('ipfs_bitswap_active_tasks', 'Blocks being read or sent', ({ snapshot }) => snapshot.engine.activeTasks),
  gauge(
    'ipfs_bitswap_pending_block_tasks',
    'Questions to the store that wait',
    ({ exchange }) => exchange.insight.engine().waitingLookups
  ),
  gauge(
    'ipfs_bitswap_active_block_tasks',
    'Questions to the store under way',
    ({ snapshot }) => snapshot.engine.lookups
  ),
  histogram('ipfs_bitswap_recv_all_blocks_bytes', 'Sizes of blocks that arrived', ({ meter }) => meter.received),
  histogram(
    'ipfs_bitswap_recv_dup_blocks_bytes',
    'Sizes of blocks that had come before',
    ({ meter }) => meter.duplicates
  ),
  histogram('ipfs_bitswap_sent_all_blocks_bytes', 'Sizes of blocks sent', ({ meter }) => meter.sent),
  histogram('ipfs_bitswap_send_times', 'Seconds that messages of blocks took', ({ meter }) => meter.sendSeconds),
  gauge('exchange_bitswap_requests_in_flight', 'Wantlists being handed over', ({ meter }) => meter.sending),
  histogram(
    'exchange_bitswap_response_bytes',
    'Block bytes of messages that brought some',
    ({ meter }) => meter.answers
  ),
  counter('exchange_bitswap_wantlists_total', 'Wantlist messages sent', ({ meter }) => meter.wantlists),
  counter('exchange_bitswap_wantlists_items_total', 'Wants and cancels sent', ({ meter }) => meter.wantlistItems),
  histogram(
    'exchange_bitswap_wantlists_seconds',
    'Seconds until a wantlist was handed over',
    ({ meter }) => meter.wantlistSeconds
  ),
  counter('ipfs_bs_cache_boxo_blockstore_cache_hits', 'Blocks found in a cache of the store', ({ snapshot }) =>
    sum(snapshot.store.caches.map(({ hits }) => hits))
  ),
  counter('ipfs_bs_cache_boxo_blockstore_cache_total', 'Blocks looked for in a cache of the store', ({ snapshot }) =>
    sum(snapshot.store.caches.map(({ lookups }) => lookups))
  ),
  counter('provider_provides_total', 'Records that others took', ({ snapshot }) => snapshot.providing.provided)
]

function transports({ connections }: Scrape): readonly Sample[] {
  const counts = new Map<string, number>()
  for (const { transport } of connections) counts.set(transport, (counts.get(transport) ?? 0) + 1)
  return Array.from(counts, ([transport, value]) => ({ value, labels: { transport } }))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
