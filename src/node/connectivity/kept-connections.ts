import type { Clock, Logger, Random, Timer } from '../../ports.ts'
import type { KeptPeer } from '../config/discovery-section.ts'
import { reasonOf } from '../repo/repo-error.ts'
import { backOffMs } from './back-off.ts'
import type { Dialler } from './dialler.ts'

export interface KeptConnectionsParts {
  readonly dialler: Dialler
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** As Kubo: a lost peer is dialled again after some seconds, and one that stays away every ten minutes. */
const RECONNECT = { firstMs: 5_000, maxMs: 600_000 }

interface Kept {
  readonly peer: string
  readonly addresses: readonly string[]
  readonly stop: AbortController
  /** Dials that led to nothing, or to a connection that did not last. */
  failures: number
  connectedAt: number | undefined
  isDialling: boolean
  timer: Timer | undefined
}

/**
 * Stays connected to chosen peers (`Peering.Peers`): protects their connections, and dials them again when they are lost.
 * A connection counts as lasting once it outlived the pause before the next dial: a peer that hangs up at once is not dialled
 * every few seconds.
 */
export class KeptConnections {
  readonly #parts: KeptConnectionsParts
  /** Bounded: by what the owner of this peer asked for. */
  readonly #kept = new Map<string, Kept>()
  #isRunning = false

  constructor(parts: KeptConnectionsParts) {
    this.#parts = parts
  }

  start(): void {
    this.#isRunning = true
    for (const kept of this.#kept.values()) this.#begin(kept)
  }

  stop(): void {
    this.#isRunning = false
    for (const kept of this.#kept.values()) this.#end(kept)
  }

  /** Takes the addresses in place of earlier ones. */
  async add({ peer, addresses }: KeptPeer): Promise<void> {
    const known = this.#kept.get(peer)
    if (known !== undefined) this.#end(known)
    const kept: Kept = {
      peer,
      addresses,
      stop: new AbortController(),
      failures: 0,
      connectedAt: undefined,
      isDialling: false,
      timer: undefined
    }
    this.#kept.set(peer, kept)
    await this.#parts.dialler.protect(peer, true)
    if (this.#isRunning) this.#begin(kept)
  }

  /** The connection stays, and is as any other. False when the peer was not kept. */
  async remove(peer: string): Promise<boolean> {
    const kept = this.#kept.get(peer)
    if (kept === undefined) return false
    this.#end(kept)
    this.#kept.delete(peer)
    await this.#parts.dialler.protect(peer, false)
    return true
  }

  list(): readonly KeptPeer[] {
    return [...this.#kept.values()].map(({ peer, addresses }) => ({ peer, addresses }))
  }

  has(peer: string): boolean {
    return this.#kept.has(peer)
  }

  /** To be called when a peer connected, whoever dialled. */
  connected(peer: string): void {
    const kept = this.#kept.get(peer)
    if (kept === undefined) return
    kept.timer?.cancel()
    kept.timer = undefined
    kept.connectedAt ??= this.#parts.clock.now()
  }

  /** To be called when the last connection to a peer was lost. */
  disconnected(peer: string): void {
    const kept = this.#kept.get(peer)
    if (kept === undefined || kept.isDialling || !this.#isRunning) return
    const lastedMs = kept.connectedAt === undefined ? 0 : this.#parts.clock.now() - kept.connectedAt
    kept.connectedAt = undefined
    if (lastedMs > backOffMs(kept.failures, RECONNECT, 0)) kept.failures = 0
    else kept.failures++
    this.#schedule(kept)
  }

  #begin(kept: Kept): void {
    if (this.#parts.dialler.isConnected(kept.peer)) this.connected(kept.peer)
    else void this.#dial(kept)
  }

  #end(kept: Kept): void {
    kept.stop.abort()
    kept.timer?.cancel()
    kept.timer = undefined
  }

  #schedule(kept: Kept): void {
    const { clock, random } = this.#parts
    kept.timer?.cancel()
    const pauseMs = backOffMs(Math.max(0, kept.failures - 1), RECONNECT, random.next())
    kept.timer = clock.setTimer(pauseMs, () => void this.#dial(kept))
  }

  async #dial(kept: Kept): Promise<void> {
    const { dialler, logger } = this.#parts
    const { peer, addresses, stop } = kept
    kept.timer = undefined
    kept.isDialling = true
    try {
      await dialler.dial(peer, addresses, stop.signal)
    } catch (error) {
      logger.debug('a kept peer could not be reached', { peer, failures: kept.failures, reason: reasonOf(error) })
    }
    kept.isDialling = false
    if (stop.signal.aborted) return
    if (dialler.isConnected(peer)) {
      this.connected(peer)
      return
    }
    kept.failures++
    this.#schedule(kept)
  }
}
