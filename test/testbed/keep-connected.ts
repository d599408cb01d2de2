import { setTimeout as sleep } from 'node:timers/promises'
import type { Libp2p, PeerId } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'

const LOOK_EVERY_MS = 25
const DIAL_TIMEOUT_MS = 5_000
const MAX_PAUSE_MS = 400

/** Dials neighbours, and dials again whoever is lost, as a peer does that was told to keep its connections. */
export class KeptConnections {
  readonly #node: Libp2p
  readonly #ended = new AbortController()
  redials = 0

  constructor(node: Libp2p) {
    this.#node = node
  }

  keep(address: string): void {
    const target = multiaddr(address)
    const id = target.getComponents().findLast(({ name }) => name === 'p2p')?.value
    if (id === undefined) throw new Error(`${address} does not name a peer`)
    void this.#keep(target, peerIdFromString(id))
  }

  stop(): void {
    this.#ended.abort()
  }

  async #keep(target: Multiaddr, peer: PeerId): Promise<void> {
    const { signal } = this.#ended
    let pauseMs = LOOK_EVERY_MS
    while (!signal.aborted) {
      if (this.#node.getConnections(peer).length === 0) {
        this.redials++
        const isUp = await this.#dial(target, signal)
        pauseMs = isUp ? LOOK_EVERY_MS : Math.min(MAX_PAUSE_MS, 2 * pauseMs)
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #dial(target: Multiaddr, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#node.dial(target, { signal: AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]) })
      return true
    } catch {
      // The link may be cut just now: the next round tries again.
      return false
    }
  }
}
