import type { CidKey, PeerId } from '../ids.ts'
import type { OpenWant, OpenWants } from './open-wants.ts'
import type { SessionParts } from './session-ports.ts'

/** First and shortest pause between two rounds, in milliseconds; it doubles up to `maxRetryDelayMs`. */
const FIRST_RETRY_MS = 1_000
/** Wants that routing is asked about in one round: related blocks tend to have the same providers. */
const WANTS_PER_ROUND = 3
/** Shortest time between two looks at what newcomers may have, in milliseconds. */
const NEWCOMER_PAUSE_MS = 250
/** Searches that one session takes part in: some rounds' worth, for routing may be slow. */
const MAX_JOINED = 12

type RoundsParts = Pick<SessionParts, 'search' | 'options'> & {
  readonly peers: Pick<SessionParts['peers'], 'pace' | 'evidence'>
}

/** What a round does beside asking routing. */
export interface Round {
  /** Once for each round. */
  begun(): void
  /** For each want that is still searched for; not in the first round. */
  retry(want: OpenWant): void
  /** For each want that is searched for among the peers of the caller alone, and that they did not have when asked twice. */
  exhausted(want: OpenWant): void
}

/**
 * What a session does about wants that nobody known has: in rounds, further and further apart, it asks routing about some
 * of them and makes all of them ready again, for peers may have got them since.
 */
export class SearchRounds {
  readonly #parts: RoundsParts
  readonly #invite: (peer: PeerId) => void
  readonly #fixed: boolean
  /** Searches joined, and how to leave them. Bounded: MAX_JOINED, oldest out first. */
  readonly #joined = new Map<CidKey, () => void>()
  /** When the next round is due; undefined while nothing is searched for. */
  #dueAt: number | undefined
  #delayMs = FIRST_RETRY_MS
  /** Peers were asked once more for what is searched for, which is a part of the search. */
  #retrying = false
  /** A block arrived since the last look: the next round need not wait for long. */
  #hurry = false
  #round = 0
  /** When the next round may begin at the soonest: however many wants come, or blocks arrive, routing is not flooded. */
  #notBefore = -Infinity
  /** Peers that connected, and may have what is searched for. */
  #newcomers = 0
  /** When newcomers are looked at again, in milliseconds. */
  #newcomersAt = 0

  /** `fixed`: routing is not asked; there are only the peers of the caller, which are tried once more. */
  constructor(parts: RoundsParts, invite: (peer: PeerId) => void, fixed = false) {
    this.#parts = parts
    this.#invite = invite
    this.#fixed = fixed
  }

  /** A block arrived: its search is over, and who had it may soon have more. */
  progress(key: CidKey): void {
    this.leave(key)
    this.#delayMs = FIRST_RETRY_MS
    this.#hurry = true
    this.#retrying = false
  }

  /** A peer was found that should have what is searched for. */
  found(): void {
    this.#retrying = false
  }

  /** A peer connected: soon everything that is searched for is ready again, to be asked of it. */
  newcomer(): void {
    this.#newcomers++
  }

  /** The block is no longer searched for. */
  leave(key: CidKey): void {
    this.#joined.get(key)?.()
    this.#joined.delete(key)
  }

  /** Runs the round that is due, if any; returns when the next one is. */
  run(wants: OpenWants, now: number, round: Round): number {
    if (wants.sought === 0 || (wants.searching.size + wants.readyCount === 0 && !this.#retrying)) this.#rest()
    if (wants.searching.size === 0) return Infinity
    const isNew = wants.takeNewSearches()
    if (this.#dueAt === undefined || this.#hurry || isNew || this.#round === 0) {
      this.#dueAt = this.#sooner(this.#dueAt ?? Infinity, wants, now)
      this.#hurry = false
    }
    if (now >= this.#dueAt) this.#runRound(wants, now, round)
    return Math.min(this.#dueAt, this.#lookAtNewcomers(wants, now, round))
  }

  /** At once for the first, and then not for each: peers that come and go must not keep us busy with every want. */
  #lookAtNewcomers(wants: OpenWants, now: number, round: Round): number {
    if (this.#newcomers === 0) return Infinity
    if (now < this.#newcomersAt) return this.#newcomersAt
    for (const want of [...wants.searching]) this.#retry(want, round, this.#newcomers)
    this.#newcomers = 0
    this.#newcomersAt = now + NEWCOMER_PAUSE_MS
    return Infinity
  }

  close(): void {
    for (const key of [...this.#joined.keys()]) this.leave(key)
  }

  /** Sooner than planned, never later: a steady stream of other blocks does not put the search off. */
  #sooner(dueAt: number, wants: OpenWants, now: number): number {
    const soonest = Math.max(now, this.#notBefore)
    return dueAt <= soonest ? dueAt : Math.min(dueAt, Math.max(now + this.#firstDelayMs(wants, now), soonest))
  }

  /** Peers that were asked may still answer. Where nobody was, or all denied it or fell silent, nothing is waited for. */
  #firstDelayMs(wants: OpenWants, now: number): number {
    const { peers, options } = this.#parts
    // Peers of the caller are not passed over for others, so they get the time in which they may come by it.
    for (const { shared } of wants.searching) {
      const evidence = this.#fixed ? undefined : peers.evidence(shared.key)
      for (const peer of shared.told) {
        if (this.#fixed) return options.providerSearchDelayMs
        if (evidence?.of(peer, now) === 'dont-have' || peers.pace(peer)?.isStalled(now) !== false) continue
        return options.providerSearchDelayMs
      }
    }
    return 0
  }

  /** Nothing is searched for: what comes next does not inherit the pauses of what was. */
  #rest(): void {
    this.#dueAt = undefined
    this.#delayMs = FIRST_RETRY_MS
    this.#round = 0
    this.#notBefore = -Infinity
    this.#retrying = false
  }

  #runRound(wants: OpenWants, now: number, round: Round): void {
    round.begun()
    const searching = [...wants.searching]
    this.#dueAt = now + this.#delayMs
    this.#notBefore = now + FIRST_RETRY_MS
    this.#delayMs = Math.min(this.#delayMs * 2, this.#parts.options.maxRetryDelayMs)
    if (this.#fixed) {
      for (const want of searching) this.#tryAgain(want, round)
      return
    }
    // Those that routing was asked about least often come first; the sort keeps the order of the others.
    const leastAsked = searching.toSorted((a, b) => (a.rounds ?? 0) - (b.rounds ?? 0)).slice(0, WANTS_PER_ROUND)
    for (const want of leastAsked) {
      want.rounds = (want.rounds ?? 0) + 1
      this.#join(want)
    }
    if (this.#round++ > 0) for (const want of searching) this.#retry(want, round)
  }

  /** Strangers may be asked again: as many as ever, or so many more. */
  #retry(want: OpenWant, round: Round, more = Infinity): void {
    this.#retrying = true
    want.strangers = Math.max(0, (want.strangers ?? 0) - more)
    round.retry(want)
  }

  #tryAgain(want: OpenWant, round: Round): void {
    const rounds = want.rounds ?? 0
    want.rounds = rounds + 1
    if (rounds === 0) round.retry(want)
    else round.exhausted(want)
  }

  #join({ shared, rounds = 0 }: OpenWant): void {
    const leave = this.#parts.search.seek(shared.cid, this.#invite, rounds > 1)
    if (leave === false) return
    this.leave(shared.key)
    this.#joined.set(shared.key, leave)
    for (const key of this.#joined.keys()) {
      if (this.#joined.size <= MAX_JOINED) return
      this.leave(key)
    }
  }
}
