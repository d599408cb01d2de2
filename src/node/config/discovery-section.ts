import type * as z from 'zod'
import { ADDRESS_KINDS, multiaddrComplaint, peerAddressComplaint } from './address-kinds.ts'
import { choice, flag, listOf, section, structured, textList, texts } from './keys.ts'
import { peerId } from './peer-kind.ts'

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

export const discoveryShape = {
  Bootstrap: texts(
    'Peers to begin with; auto stands for well-known ones.',
    `${ADDRESS_KINDS.peer}, or auto`,
    peerAddressComplaint(AUTO_BOOTSTRAP),
    { isLive: true }
  ),
  Discovery: section({
    MDNS: section({ Enabled: flag('Look for peers on the local network, and tell it of this one.', false) }).prefault(
      {}
    )
  }).prefault({}),
  Peering: section({
    Peers: structured(
      'Peers to stay connected to.',
      'a list such as [{"ID": "12D3KooW…", "Addrs": ["/ip4/192.0.2.7/tcp/4001"]}]',
      listOf(section({ ID: peerId, Addrs: textList(multiaddrComplaint).prefault([]) })).prefault([]),
      { missing: [], isLive: true }
    )
  }).prefault({}),
  AutoNAT: section({
    ServiceMode: choice(
      'Ask others whether this peer can be reached, and tell them.',
      ['enabled', 'disabled', 'legacy-v1'],
      'disabled'
    )
  }).prefault({})
}

type Values = { readonly [Name in keyof typeof discoveryShape]: z.output<(typeof discoveryShape)[Name]> }

export function toDiscovery({ Bootstrap, Discovery, Peering, AutoNAT }: Values): DiscoveryConfig {
  return {
    bootstrap: Bootstrap,
    mdns: Discovery.MDNS.Enabled,
    peering: Peering.Peers.map(({ ID, Addrs }) => ({ peer: ID, addresses: Addrs })),
    autoNat: AutoNAT.ServiceMode !== 'disabled'
  }
}
