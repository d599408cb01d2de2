import { hedge, hedgeBudget, type Runner } from './end-game.ts'
import type { Members } from './members.ts'
import type { OpenWant, OpenWants } from './open-wants.ts'
import type { SessionParts } from './session-ports.ts'

/** Late wants looked at in one round. */
const MAX_LATE_WANTS = 32

/** The end game of a session: a late block is asked of an idle peer as well, within a share of all blocks. */
export class Hedging {
  readonly #parts: SessionParts
  readonly #members: Members
  readonly #open: OpenWants
  #arrived = 0
  #hedges = 0

  constructor(parts: SessionParts, members: Members, open: OpenWants) {
    this.#parts = parts
    this.#members = members
    this.#open = open
  }

  arrived(): void {
    this.#arrived++
  }

  /** Asks idle peers for late blocks; returns when to look again. */
  run(now: number): number {
    let next = Infinity
    if (this.#members.size < 2) return next
    let looked = 0
    for (const want of this.#open.values()) {
      if (this.#hedges >= hedgeBudget(this.#arrived, this.#parts.options.hedgeShare)) return Infinity
      if (want.phase !== 'asked' || want.hedged || want.shared.inFlight.size !== 1) continue
      if (++looked > MAX_LATE_WANTS) break
      next = Math.min(next, this.#hedge(want, now))
    }
    return next
  }

  #hedge(want: OpenWant, now: number): number {
    const [first] = want.shared.inFlight
    if (first === undefined) return Infinity
    const verdict = hedge({ peer: first[0], waitingMs: now - first[1].at }, this.#runners(want, now))
    if (verdict === undefined) return Infinity
    if ('inMs' in verdict) return now + verdict.inMs
    if (this.#parts.wants.ask(verdict.peer, want.shared, 'block', want.priority)) {
      want.hedged = true
      this.#hedges++
    }
    return Infinity
  }

  #runners(want: OpenWant, now: number): Runner[] {
    const runners: Runner[] = []
    for (const { peer, presence, stalled, expectedFinishMs } of this.#members.candidates(want.shared.key, now)) {
      if (presence === 'dont-have' || stalled) continue
      runners.push({ peer, expectedFinishMs, idle: this.#parts.peers.pace(peer)?.outstanding === 0 })
    }
    return runners
  }
}
