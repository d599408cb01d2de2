import type { PeerId } from '../ids.ts'
import type { Random } from '../ports.ts'

/**
 * A partner that waits for blocks. A live view: it shows what is the case when it is read, and is the same object at every
 * turn. Bytes are block bytes; where work is meant, a block counts for 64 bytes at least.
 */
export interface PartnerView {
  readonly peer: PeerId
  /** Lifetime totals of what was written to the partner, and of the wanted blocks that came from it. */
  readonly bytesSent: number
  readonly bytesReceived: number
  /** As the totals, but an exchange loses half its weight every half-life. */
  readonly recentSent: number
  readonly recentReceived: number
  /** Recent bytes sent / (recent bytes received + 1). Not the credit, nor 1 / (ratio + 1), that others call debt. */
  readonly debtRatio: number
  /** What waits in the partner's queue. */
  readonly queuedBytes: number
  readonly queuedTasks: number
  /** The block that is sent next. */
  readonly nextBlockBytes: number
  /** When the oldest want of the queue came: its number among all wants of the engine. Infinity for none. */
  readonly oldestWant: number
  /** Work handed over and not yet written; it is not in `bytesSent`. */
  readonly inFlightBytes: number
  readonly inFlightTasks: number
  /** When it was last served, or began to wait; on the clock of `now`. */
  readonly waitingSince: number
  /** When it was last served; -Infinity: never since it came. */
  readonly servedAt: number
}

/** Nobody may be served now. Asked again then, or when somebody comes, is done or gives something; Infinity: only then. */
export interface Pause {
  readonly untilMs: number
}

/**
 * Whom to serve next; the state of a strategy in one engine. No clock, no die but `random`, no waiting. `now` is in
 * milliseconds. `served`, `received` and `left` tell of partners alone, of whom the engine has a bounded number.
 */
export interface Scheduler {
  /**
   * One of `waiting`: each has something to send, and room for it. They stand in the order of coming, or of being served
   * last, and there is at least one. The list is only good during the call.
   */
  next(waiting: readonly PartnerView[], now: number): PartnerView | Pause
  /** So many bytes were taken from this partner's queue and handed over, whoever decided so. */
  served?(partner: PartnerView, bytes: number, now: number): void
  /** So many bytes of wanted blocks came from this partner. */
  received?(peer: PeerId, bytes: number, now: number): void
  /** The partner has gone: what was kept of it can be forgotten. */
  left?(peer: PeerId): void
}

/** What a strategy is made with. */
export interface StrategyWorld {
  readonly random: Random
  /** Part of the upload slots that are in use once this turn is taken, more than 0 and up to 1; 1 where nobody says. */
  readonly load?: () => number
}

/**
 * How upload is divided when it is scarce. With a slot for everybody who waits the strategy is not asked, and one that
 * would serve nobody is not obeyed, unless the engine is `strict`: an idle uplink serves whoever waits.
 */
export interface Strategy {
  /** In kebab-case. */
  readonly name: string
  /** One line. */
  readonly about: string
  /** The paper, specification or code it comes from. */
  readonly source: string
  /** Why a partner may wait although the uplink is free, if the rule says so. */
  readonly refuses?: string
  /** Why a partner may wait without end while others are served, if the rule says so. */
  readonly starves?: string
  /** Makes the state of one engine. */
  create(world: StrategyWorld): Scheduler
}
