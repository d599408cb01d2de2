/** Strikes within the window that get a peer refused. */
export const MAX_STRIKES = 3
export const STRIKE_WINDOW_MS = 10 * 60_000
/** Time for which bitswap with such a peer is refused. */
export const REFUSAL_MS = 15 * 60_000
/** Peers remembered; beyond, the one whose last strike is longest ago is forgotten. */
export const MAX_STRUCK_PEERS = 4_096

interface Record {
  /** Bounded: MAX_STRIKES. */
  strikes: number[]
  refusedUntil: number
}

/** Remembers who broke the rules, even after they left. Pure: is told the time. */
export class StrikeBook {
  /** Bounded: MAX_STRUCK_PEERS, by the time of the last strike. */
  readonly #records = new Map<string, Record>()

  get size(): number {
    return this.#records.size
  }

  /** True when this one was one too many: the peer is refused from now on. */
  strike(peer: string, now: number): boolean {
    const record = this.#records.get(peer) ?? { strikes: [], refusedUntil: 0 }
    this.#records.delete(peer)
    this.#records.set(peer, record)
    record.strikes = [...record.strikes.filter((at) => now - at < STRIKE_WINDOW_MS), now]
    if (record.strikes.length >= MAX_STRIKES) {
      record.strikes = []
      record.refusedUntil = now + REFUSAL_MS
    }
    const [oldest] = this.#records.keys()
    if (this.#records.size > MAX_STRUCK_PEERS && oldest !== undefined) this.#records.delete(oldest)
    return record.refusedUntil > now
  }

  refuses(peer: string, now: number): boolean {
    const record = this.#records.get(peer)
    return record !== undefined && record.refusedUntil > now
  }
}
