import { FewMap, FewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { EngineOptions } from '../options.ts'
import type { PeerFeatures, Timer } from '../ports.ts'
import type { Accounts } from './accounts.ts'
import { PartnerWants } from './partner-wants.ts'
import { PresenceQueue } from './presence-queue.ts'
import type { SharedPlaces } from './shared-places.ts'
import type { SlotUser } from './slots.ts'
import type { PartnerView } from './strategy.ts'
import { TokenBucket } from '../token-bucket.ts'
import { TaskQueue, taskWork } from './task-queue.ts'
import type { Want } from './want.ts'

/**
 * Presences held for one partner, waiting or being written. More than it can have wants, because wants that find no room
 * are answered, too. Its wants wait long before this is reached (`MAX_UNTAKEN_PRESENCES`).
 */
export const MAX_PRESENCES_HELD = 8_192

/** All that the engine knows of one connected partner, some of it for the eyes of the strategy. Freed when it leaves. */
export class Partner implements PartnerView, SlotUser {
  readonly peer: PeerId
  /** Knows have and dont-have; other partners are only sent blocks. */
  readonly presencesKnown: boolean
  /** Bounded: `maxWantsPerPartner`, and shared places. Wants that are not being sent. */
  readonly wants: PartnerWants
  /** Bounded: a subset of `wants`. */
  readonly queue = new TaskQueue()
  /** Bounded: by the bytes in flight, a task counting `MIN_TASK_WORK` at least. Wants whose block is on its way. */
  readonly sending = new FewMap<CidKey, Want>()
  /** Bounded: MAX_PRESENCES_HELD. */
  readonly presences = new PresenceQueue(MAX_PRESENCES_HELD)
  /** Bounded: a subset of `wants`. To be looked up when there is room. */
  readonly toLook = new FewSet<Want>()
  /** Bounded: a subset of `wants`. The store failed on these; to be looked up again later. */
  readonly troubled = new FewSet<Want>()
  /** Wants it may still ask for in vain. */
  readonly misses: TokenBucket

  /** Has left: answers of the store and the network that arrive now are for nobody. */
  gone = false
  /** Work handed over and not yet written. */
  inFlightWork = 0
  /** Block bytes taken from the queue and still being read: not sent yet. */
  readingBytes = 0
  /** Messages of blocks that take so long that their slot was lent to others. */
  lentSlots = 0
  pace = 0
  tookAt = -Infinity
  lentAt = -Infinity
  /** Failed writes since the last one that succeeded. */
  failures = 0
  /** Wants of it that found no room. */
  overflowDropped = 0
  /** Set while nothing is sent, after failures. */
  rest: Timer | undefined

  /** When it began to wait, or was last served; meaningful while it waits. */
  waitingSince = 0
  /** When it was last served; -Infinity: never. */
  servedAt = -Infinity
  readonly #accounts: Accounts

  constructor(peer: PeerId, features: PeerFeatures, options: EngineOptions, shared: SharedPlaces, accounts: Accounts) {
    this.peer = peer
    this.presencesKnown = features.presences
    this.wants = new PartnerWants(options.maxWantsPerPartner, shared)
    this.misses = new TokenBucket(options.missesPerSecond, options.missesBurst)
    this.#accounts = accounts
  }

  /** A block can be sent to it now, if anybody gives it a slot. */
  isReady(maxInFlightWork: number): boolean {
    const next = this.queue.peek()
    if (next === undefined || this.gone || this.rest !== undefined) return false
    // A block larger than the bound travels alone.
    return this.inFlightWork === 0 || this.inFlightWork + taskWork(next) <= maxInFlightWork
  }

  /** Neither blocks nor presences are to be sent to it. */
  get isIdle(): boolean {
    return this.queue.size === 0 && this.presences.size === 0
  }

  /** Block bytes it will get and that are not handed over yet. */
  get pendingBytes(): number {
    return this.queue.bytes + this.readingBytes
  }

  get bytesSent(): number {
    return this.#accounts.bytesSent(this.peer)
  }

  get bytesReceived(): number {
    return this.#accounts.bytesReceived(this.peer)
  }

  get recentSent(): number {
    return this.#accounts.recentSent(this.peer)
  }

  get recentReceived(): number {
    return this.#accounts.recentReceived(this.peer)
  }

  get debtRatio(): number {
    return this.#accounts.debtRatio(this.peer)
  }

  get queuedBytes(): number {
    return this.queue.bytes
  }

  get queuedTasks(): number {
    return this.queue.size
  }

  get nextBlockBytes(): number {
    return this.queue.peek()?.size ?? 0
  }

  get oldestWant(): number {
    return this.queue.oldest?.sequence ?? Infinity
  }

  get inFlightBytes(): number {
    return this.inFlightWork
  }

  get inFlightTasks(): number {
    return this.sending.size
  }
}
