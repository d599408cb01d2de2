import type { PeerId } from '../ids.ts'
import type { Candidate } from './peer-choice.ts'
import type { PeerPace } from './session-ports.ts'

/** A peer that serves a session: how it did, and what speaks for asking it for more in the round at hand. */
export class Member implements Candidate {
  readonly peer: PeerId
  hits: number
  misses = 0
  /** Misses since the last hit. */
  missesInARow = 0

  /** The round in which what follows was found out; 0: never. */
  round = 0
  /** Connected, and trusted. */
  isAble = false
  hitRate = 0
  trust = 0
  expectedFinishMs = 0
  hasSlack = false
  stalled = false
  isFellow = false
  /** Has it slack where it is asked for no more than keeps it busy? Only found out where there are fellows. */
  hasLeanSlack = false
  isIdle = false
  /** As to the block that was asked about last. */
  presence: Candidate['presence'] = 'unknown'

  constructor(peer: PeerId, hits: number) {
    this.peer = peer
    this.hits = hits
  }

  /** Finds out what is the same for all blocks. */
  measure(pace: PeerPace, trust: number, now: number): void {
    this.hitRate = (this.hits + 0.5) / (this.hits + this.misses + 1)
    this.trust = trust
    this.expectedFinishMs = pace.expectedFinishMs()
    this.hasSlack = pace.hasSlack()
    this.stalled = pace.isStalled(now)
    this.isIdle = pace.outstanding === 0
  }

  /** The same where there are fellows, so many. */
  measureLean(pace: PeerPace, isFellow: boolean, fellows: number): void {
    this.isFellow = isFellow
    this.hasLeanSlack = pace.outstanding < pace.leanWindow(fellows)
  }

  /** May be asked for more, where there are fellows. */
  get isOpen(): boolean {
    return this.isAble && this.hasLeanSlack && !this.stalled
  }

  /** As it counts where there are fellows. */
  lean(): Candidate {
    const { peer, presence, hitRate, trust, expectedFinishMs, hasLeanSlack, stalled } = this
    return { peer, presence, hitRate, trust, expectedFinishMs, hasSlack: hasLeanSlack, stalled }
  }
}
