import type { Clock, Logger, Random, Timer } from '../../ports.ts'
import { reasonOf } from '../repo/repo-error.ts'
import { backOffMs } from './back-off.ts'
import { byPeer } from './by-peer.ts'
import type { Dialler } from './dialler.ts'
import { expandBootstrap } from './well-known-peers.ts'

export interface BootstrapperParts {
  readonly dialler: Dialler
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The list as it stands now. */
  readonly list: () => readonly string[]
  /** Peers connected, whoever they are. */
  readonly connectedPeers: () => number
}

/** With so many peers a node finds others through them. */
const ENOUGH_PEERS = 4
/** Entries dialled side by side. */
const MAX_DIALS = 4
/** Between two looks once there are enough peers. */
const LOOK_AGAIN_MS = 30_000
const RETRY = { firstMs: 1_000, maxMs: 300_000 }

/**
 * Dials peers of the bootstrap list, some at a time and in an order by chance, while this peer has few others; pauses longer
 * after each round that helped nothing.
 */
export class Bootstrapper {
  readonly #parts: BootstrapperParts
  readonly #stop = new AbortController()
  #timer: Timer | undefined
  #failures = 0
  /** The list grew while a round was under way, which does not know of it. */
  #isNudged = false

  constructor(parts: BootstrapperParts) {
    this.#parts = parts
  }

  start(): void {
    void this.#round()
  }

  /** For good. */
  stop(): void {
    this.#stop.abort()
    this.#timer?.cancel()
  }

  /** Looks at once, as after a change of the list. */
  nudge(): void {
    if (this.#stop.signal.aborted) return
    this.#failures = 0
    if (this.#timer === undefined) {
      this.#isNudged = true
      return
    }
    this.#timer.cancel()
    void this.#round()
  }

  async #round(): Promise<void> {
    this.#timer = undefined
    this.#isNudged = false
    const wanted = this.#choose()
    const results = await Promise.all(wanted.map(({ peer, addresses }) => this.#dial(peer, addresses)))
    if (this.#stop.signal.aborted) return
    const isHelped = wanted.length === 0 || results.includes(true)
    this.#failures = isHelped ? 0 : this.#failures + 1
    const { clock, random } = this.#parts
    const pauseMs = isHelped ? LOOK_AGAIN_MS : backOffMs(this.#failures - 1, RETRY, random.next())
    this.#timer = clock.setTimer(this.#soonerIfNudged(pauseMs), () => void this.#round())
  }

  #soonerIfNudged(pauseMs: number): number {
    return this.#isNudged ? 0 : pauseMs
  }

  #choose(): readonly { peer: string; addresses: readonly string[] }[] {
    const { dialler, list, connectedPeers, random } = this.#parts
    if (connectedPeers() >= ENOUGH_PEERS) return []
    return byPeer(expandBootstrap(list()))
      .filter(({ peer }) => !dialler.isConnected(peer))
      .map((entry) => ({ entry, order: random.next() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, MAX_DIALS)
      .map(({ entry }) => entry)
  }

  async #dial(peer: string, addresses: readonly string[]): Promise<boolean> {
    const { dialler, logger } = this.#parts
    try {
      await dialler.dial(peer, addresses, this.#stop.signal)
      return true
    } catch (error) {
      logger.debug('a bootstrap peer could not be reached', { peer, reason: reasonOf(error) })
      return false
    }
  }
}
