import type { Libp2p, Peer } from '@libp2p/interface'
import type { Clock, Logger, Timer } from '../../ports.ts'
import { reasonOf } from '../repo/repo-error.ts'

export interface PeerStoreLimits {
  /** Peers remembered beside those connected and those kept. */
  readonly maxPeers: number
  /** Addresses remembered of one peer. */
  readonly maxAddresses: number
  /** Between two looks. */
  readonly periodMs: number
}

export interface PeerStoreBoundParts {
  readonly libp2p: Pick<Libp2p, 'peerStore' | 'getConnections' | 'addEventListener' | 'removeEventListener'>
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: PeerStoreLimits
  readonly isKept: (peer: string) => boolean
}

export const PEER_STORE_LIMITS: PeerStoreLimits = { maxPeers: 4_096, maxAddresses: 32, periodMs: 600_000 }

/** How long an address, and a peer without one, are remembered. libp2p's own hour would leave little for a restart. */
export const MAX_ADDRESS_AGE_MS = 24 * 3_600_000
export const MAX_PEER_AGE_MS = 7 * MAX_ADDRESS_AGE_MS

/**
 * Keeps the peer store in bounds, which libp2p's own is not: whoever can be met adds to it. Looks at the start, from time to
 * time, and whenever a quarter of the limit was added since; forgets who was not heard of for longest. Reading a store also makes
 * libp2p delete what is too old.
 */
export class PeerStoreBound {
  readonly #parts: PeerStoreBoundParts
  #timer: Timer | undefined
  #added = 0
  #isStopped = false
  #looking: Promise<void> | undefined

  constructor(parts: PeerStoreBoundParts) {
    this.#parts = parts
  }

  start(): void {
    this.#parts.libp2p.addEventListener('peer:discovery', this.#onNewPeer)
    void this.look()
  }

  /** For good. Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#parts.libp2p.removeEventListener('peer:discovery', this.#onNewPeer)
    await this.#looking
  }

  /** Looks now; two looks at a time are one. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#prune().finally(() => {
      this.#looking = undefined
      this.#timer?.cancel()
      const { clock, limits } = this.#parts
      if (!this.#isStopped) this.#timer = clock.setTimer(limits.periodMs, () => void this.look())
    })
    return this.#looking
  }

  readonly #onNewPeer = (): void => {
    this.#added++
    if (this.#added > this.#parts.limits.maxPeers / 4) void this.look()
  }

  async #prune(): Promise<void> {
    const { libp2p, limits, logger, isKept } = this.#parts
    this.#added = 0
    try {
      const connected = new Set(libp2p.getConnections().map(({ remotePeer }) => remotePeer.toString()))
      const all = await libp2p.peerStore.all()
      for (const peer of all) await this.#cut(peer)
      const others = all.filter(({ id }) => !connected.has(id.toString()) && !isKept(id.toString()))
      const excess = others.sort(byWorth).slice(limits.maxPeers)
      for (const { id } of excess) {
        if (this.#isStopped) return
        await libp2p.peerStore.delete(id)
      }
      if (excess.length > 0) logger.debug('peers were forgotten', { forgotten: excess.length, known: all.length })
    } catch (error) {
      logger.warn('the peer store could not be looked through', { reason: reasonOf(error) })
    }
  }

  async #cut({ id, addresses }: Peer): Promise<void> {
    const { libp2p, limits } = this.#parts
    if (addresses.length <= limits.maxAddresses || this.#isStopped) return
    await libp2p.peerStore.patch(id, { addresses: addresses.slice(0, limits.maxAddresses) })
  }
}

/** Who can be dialled comes first, then who was heard of last. */
function byWorth(a: Peer, b: Peer): number {
  const dialable = Number(b.addresses.length > 0) - Number(a.addresses.length > 0)
  return dialable === 0 ? heardAt(b) - heardAt(a) : dialable
}

function heardAt(peer: Peer): number {
  return 'updated' in peer && typeof peer.updated === 'number' ? peer.updated : 0
}
