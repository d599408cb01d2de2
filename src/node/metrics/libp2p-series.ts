/** What libp2p and its DHT do, under the names of go-libp2p. */
import type { CallCounts } from '../bandwidth/dht-calls.ts'
import { counter, gauge, histogram, type Sample, type Series } from './series.ts'

export const LIBP2P_SERIES: readonly Series[] = [
  gauge('libp2p_rcmgr_connections', 'Open connections', ({ connections }) =>
    (['inbound', 'outbound'] as const).map((dir) => ({
      value: connections.filter(({ direction }) => direction === dir).length,
      labels: { dir, scope: 'system' }
    }))
  ),
  gauge('libp2p_rcmgr_streams', 'Open streams', ({ streams }) =>
    Object.entries(streams).map(([dir, value]) => ({ value, labels: { dir, scope: 'system', protocol: '' } }))
  ),
  counter('libp2p_rcmgr_blocked_resources', 'Times something was refused because of a limit', ({ snapshot }) =>
    snapshot.refused.rows
      .filter(({ by }) => by === 'limit')
      .map(({ id, count }) => ({ value: count, labels: { dir: 'inbound', scope: 'bitswap', resource: id } }))
  ),
  counter('libp2p_identify_identify_total', 'Times a peer said what it is', ({ identify }) => [
    { value: identify.meter.protocols.total, labels: { dir: 'received' } }
  ]),
  histogram(
    'libp2p_identify_protocols_received',
    'Protocols that a peer speaks',
    ({ identify }) => identify.meter.protocols
  ),
  histogram(
    'libp2p_identify_addrs_received',
    'Addresses that a peer tells',
    ({ identify }) => identify.meter.addresses
  ),
  gauge('libp2p_identify_protocols_count', 'Protocols spoken here', ({ identify }) => identify.protocols),
  gauge('libp2p_identify_addrs_count', 'Addresses told to others', ({ identify }) => identify.addresses),
  counter('rpc_inbound_messages_total', 'Messages of the DHT from others', ({ dht }) =>
    byType(dht?.counts('inbound', 'requests'))
  ),
  counter('rpc_inbound_message_errors_total', 'Those that could not be answered', ({ dht }) =>
    byType(dht?.counts('inbound', 'errors'))
  ),
  histogram('rpc_inbound_request_latency', 'Milliseconds until one was answered', ({ dht }) => dht?.inboundMs),
  counter('rpc_outbound_requests_total', 'Messages of the DHT to others', ({ dht }) =>
    byType(dht?.counts('outbound', 'requests'))
  ),
  counter('rpc_outbound_request_errors_total', 'Those that were not sent, or not answered', ({ dht }) =>
    byType(dht?.counts('outbound', 'errors'))
  )
]

function byType(counts: CallCounts = new Map()): readonly Sample[] {
  return Array.from(counts, ([message_type, value]) => ({ value, labels: { message_type } }))
}
