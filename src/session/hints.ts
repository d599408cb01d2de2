import { dropOldest } from '../drop-oldest.ts'
import type { PeerId } from '../ids.ts'
import type { Clock, Logger, Provider } from '../ports.ts'
import type { Peers } from './session-ports.ts'

/** Providers remembered for one session; the oldest are forgotten, and were tried once. */
export const MAX_HINTS = 32

export interface HintsParts {
  readonly peers: Pick<Peers, 'connect' | 'isTrusted'>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
  /** How long others are held back while the first connections are made, in milliseconds. */
  readonly waitMs: number
  /** Ends all connecting. */
  readonly signal: AbortSignal
  readonly reached: (peer: PeerId) => void
  /** One more was reached, or not. */
  readonly settled: () => void
}

interface Hint {
  readonly provider: Provider
  /** Known from the start, or once it was reached. */
  peer: PeerId | undefined
  connecting: boolean
  /** Why it could not be reached the last time. */
  failure?: unknown
}

/**
 * The providers named by the caller. Each is connected to at once, and again with every round of searching: a connection
 * may break in the middle of a transfer, or a peer be started only after it was named.
 */
export class Hints {
  readonly #parts: HintsParts
  readonly #waitUntil: number
  /** Bounded: MAX_HINTS, oldest out first. */
  readonly #hints = new Map<string, Hint>()
  #connecting = 0

  constructor(parts: HintsParts) {
    this.#parts = parts
    this.#waitUntil = parts.clock.now() + parts.waitMs
  }

  /** Until when others should be held back, or undefined when there is no reason to. */
  waitsUntil(now: number): number | undefined {
    return this.#connecting > 0 && now < this.#waitUntil ? this.#waitUntil : undefined
  }

  get isConnecting(): boolean {
    return this.#connecting > 0
  }

  get size(): number {
    return this.#hints.size
  }

  /** Those that could not be reached when it was tried last, and why. */
  unreached(): readonly { readonly provider: Provider; readonly failure: unknown }[] {
    return [...this.#hints.values()].flatMap(({ provider, failure }) =>
      failure === undefined ? [] : { provider, failure }
    )
  }

  /** Was this peer named, by its id or by an address that led to it? */
  names(peer: PeerId): boolean {
    for (const hint of this.#hints.values()) if (hint.peer === peer) return true
    return false
  }

  add(provider: Provider): void {
    const name = [provider.peer ?? '', ...provider.addresses].join(' ')
    const hint = this.#hints.get(name) ?? { provider, peer: provider.peer, connecting: false }
    this.#hints.delete(name)
    this.#hints.set(name, hint)
    dropOldest(this.#hints, MAX_HINTS)
    this.#reach(hint)
  }

  /** Connects to those that are out of reach. */
  retry(): void {
    for (const hint of this.#hints.values()) {
      if (hint.peer === undefined || !this.#parts.peers.isTrusted(hint.peer)) this.#reach(hint)
    }
  }

  #reach(hint: Hint): void {
    const { peers, signal, logger, reached, settled } = this.#parts
    if (hint.connecting) return
    if (hint.peer !== undefined && peers.isTrusted(hint.peer)) {
      reached(hint.peer)
      return
    }
    hint.connecting = true
    this.#connecting++
    peers
      .connect(hint.provider, signal)
      .then((peer) => {
        hint.peer = peer
        hint.failure = undefined
        reached(peer)
      })
      .catch((error: unknown) => {
        hint.failure = error
        logger.debug('a provider could not be reached', { provider: hint.provider, error })
      })
      .finally(() => {
        hint.connecting = false
        this.#connecting--
        settled()
      })
  }
}
