import { readMultiaddrs, readPeerAddresses } from './address-reader.ts'
import { readPeer } from './peer-reader.ts'
import type { ConfigReader } from './reader.ts'

/** A peer to stay connected to (`Peering.Peers`). */
export interface KeptPeer {
  readonly peer: string
  readonly addresses: readonly string[]
}

/** How peers are found: `Bootstrap`, `Discovery`, `Peering` and `AutoNAT`. */
export interface DiscoveryConfig {
  /** Peers to begin with: multiaddrs that end with /p2p/<peer id>, or `auto` for well-known ones. */
  readonly bootstrap: readonly string[]
  /** Look for peers on the local network, and tell it of this one (`Discovery.MDNS.Enabled`). */
  readonly mdns: boolean
  readonly peering: readonly KeptPeer[]
  /** Ask others whether this peer can be reached, and tell them (`AutoNAT.ServiceMode`). */
  readonly autoNat: boolean
}

/** Stands in `Bootstrap` for peers that everybody knows. */
export const AUTO_BOOTSTRAP = 'auto'

export function readDiscovery(config: ConfigReader): DiscoveryConfig {
  return {
    bootstrap: readPeerAddresses(config, 'Bootstrap', AUTO_BOOTSTRAP),
    mdns: config.section('Discovery').section('MDNS').flag('Enabled', false),
    peering: config.section('Peering').list('Peers').map(readKeptPeer),
    autoNat:
      config.section('AutoNAT').choice('ServiceMode', ['enabled', 'disabled', 'legacy-v1'], 'disabled') !== 'disabled'
  }
}

function readKeptPeer(entry: ConfigReader): KeptPeer {
  return { peer: readPeer(entry, 'ID'), addresses: readMultiaddrs(entry, 'Addrs') }
}
