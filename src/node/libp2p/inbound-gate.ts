import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface InboundLimits {
  /** Connections that have not yet shown who they are, all together. */
  readonly maxPending: number
  /** The same from one address: an IPv4 address, or a /64 of IPv6. */
  readonly maxPendingPerAddress: number
  /** Open connections that one peer made to us. */
  readonly maxPerPeer: number
}

/** libp2p's own bound, which refuses the newcomer, must not be reached before ours. */
export const INBOUND_LIMITS: InboundLimits = { maxPending: 192, maxPendingPerAddress: 16, maxPerPeer: 8 }

/**
 * Keeps silent connections from taking all the places where new ones wait to show who they are. When there is no place
 * left, it is not the newcomer that has to go, as with libp2p, but the one that has waited longest: an honest peer needs
 * its place for a few round trips only. Asks `others` first.
 */
export function inboundGate(others: ConnectionGater = {}, limits: InboundLimits = INBOUND_LIMITS): ConnectionGater {
  const pending = new PendingConnections(limits)
  const open = new OpenConnections(limits.maxPerPeer)
  return {
    ...others,
    async denyInboundConnection(connection) {
      if ((await others.denyInboundConnection?.(connection)) === true) return true
      pending.add(connection)
      return false
    },
    async denyInboundUpgradedConnection(peer, connection) {
      pending.delete(connection)
      if ((await others.denyInboundUpgradedConnection?.(peer, connection)) === true) return true
      return !open.add(peer, connection)
    }
  }
}

class PendingConnections {
  readonly #limits: InboundLimits
  /** Bounded: `maxPending`, with their addresses, the oldest first. */
  readonly #waiting = new Map<MultiaddrConnection, string>()

  constructor(limits: InboundLimits) {
    this.#limits = limits
  }

  add(connection: MultiaddrConnection): void {
    const address = sourceOf(connection.remoteAddr)
    const ofAddress = this.#of(address)
    if (ofAddress.length >= this.#limits.maxPendingPerAddress) this.#drop(ofAddress[0])
    if (this.#waiting.size >= this.#limits.maxPending) this.#drop(this.#of(this.#busiest())[0])
    this.#waiting.set(connection, address)
    connection.addEventListener('close', () => this.delete(connection))
  }

  delete(connection: MultiaddrConnection): void {
    this.#waiting.delete(connection)
  }

  #of(address: string): MultiaddrConnection[] {
    return [...this.#waiting].filter(([, source]) => source === address).map(([connection]) => connection)
  }

  /** The address with the most connections; of several the one whose oldest has waited longest. */
  #busiest(): string {
    const counts = new Map<string, number>()
    for (const source of this.#waiting.values()) counts.set(source, (counts.get(source) ?? 0) + 1)
    let [busiest, most] = ['', 0]
    for (const [source, count] of counts) if (count > most) [busiest, most] = [source, count]
    return busiest
  }

  #drop(connection: MultiaddrConnection | undefined): void {
    if (connection === undefined) return
    this.#waiting.delete(connection)
    connection.abort(new Error('others wait for its place, and it does not say who it is'))
  }
}

class OpenConnections {
  readonly #maxPerPeer: number
  /** Bounded: by the connections of libp2p, `maxPerPeer` of each peer. */
  readonly #counts = new Map<string, number>()

  constructor(maxPerPeer: number) {
    this.#maxPerPeer = maxPerPeer
  }

  /** False when the peer has enough. */
  add(peer: PeerId, connection: MultiaddrConnection): boolean {
    const key = peer.toString()
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#maxPerPeer || connection.status !== 'open') return count < this.#maxPerPeer
    this.#counts.set(key, count + 1)
    connection.addEventListener('close', () => {
      const left = (this.#counts.get(key) ?? 0) - 1
      if (left > 0) this.#counts.set(key, left)
      else this.#counts.delete(key)
    })
    return true
  }
}

/** What one host cannot easily have many of. */
export function sourceOf(address: Multiaddr): string {
  const host = address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')
  if (host?.value === undefined) return address.toString()
  return host.name === 'ip4' ? host.value : networkOf(host.value)
}

/** The first 64 bits of an IPv6 address, in one form. */
function networkOf(ip6: string): string {
  const [head = '', tail] = ip6.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: gap }, () => '0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
