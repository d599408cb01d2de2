import { BlockList } from 'node:net'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/**
 * A set of addresses: ranges such as `/ip4/10.0.0.0/ipcidr/8`, single hosts such as `/ip6/::1`, and whole addresses such as
 * `/ip4/192.0.2.7/tcp/4001`.
 */
export class AddressRanges {
  readonly #ranges = new BlockList()
  /** Bounded: by the list it is made from. */
  readonly #whole = new Set<string>()

  /** Throws when an address is no multiaddr. */
  constructor(addresses: readonly string[]) {
    for (const address of addresses) this.#add(multiaddr(address))
  }

  /** An address without an IP address is in no range. Of a relayed one, the relay's counts, for that is dialled. */
  covers(address: Multiaddr): boolean {
    if (this.#whole.has(withoutPeer(address))) return true
    const host = address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')
    return host?.value !== undefined && this.#ranges.check(host.value, host.name === 'ip4' ? 'ipv4' : 'ipv6')
  }

  #add(address: Multiaddr): void {
    const [host, mask, ...rest] = address.getComponents()
    const isHost = host?.name === 'ip4' || host?.name === 'ip6'
    const isRange = isHost && rest.length === 0 && (mask === undefined || mask.name === 'ipcidr')
    if (!isRange || host.value === undefined) {
      this.#whole.add(withoutPeer(address))
      return
    }
    const family = host.name === 'ip4' ? 'ipv4' : 'ipv6'
    const bits = Number(mask?.value ?? (family === 'ipv4' ? 32 : 128))
    this.#ranges.addSubnet(host.value, bits, family)
  }
}

function withoutPeer(address: Multiaddr): string {
  return address.toString().replace(/\/p2p\/[^/]+$/u, '')
}
