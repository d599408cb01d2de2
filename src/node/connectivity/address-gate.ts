import type { ConnectionGater } from '@libp2p/interface'
import type { AddressFilters } from './address-filters.ts'

/**
 * Refuses connections to and from some addresses (`Swarm.AddrFilters`), and does not remember these of other peers. What
 * passes is for `others` to decide.
 */
export function addressGate(refused: Pick<AddressFilters, 'covers'>, others: ConnectionGater = {}): ConnectionGater {
  return {
    ...others,
    denyDialMultiaddr: async (address) =>
      refused.covers(address) || (await others.denyDialMultiaddr?.(address)) === true,
    denyInboundConnection: async (connection) =>
      refused.covers(connection.remoteAddr) || (await others.denyInboundConnection?.(connection)) === true,
    filterMultiaddrForPeer: async (peer, address) =>
      !refused.covers(address) && (await others.filterMultiaddrForPeer?.(peer, address)) !== false
  }
}
