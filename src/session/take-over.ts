import type { PeerId } from '../ids.ts'
import type { Members } from './members.ts'
import { tellAsked, type OpenWant, type OpenWants } from './open-wants.ts'
import { choosePeer, type Candidate } from './peer-choice.ts'
import type { SessionParts } from './session-ports.ts'

/** Another peer has to be so many times sooner: what is expected of peers is not exact, and a cancel may come too late. */
const GAIN = 2
/** Less than this is not worth a cancel, in milliseconds. */
const MIN_GAIN_MS = 250

/** When another peer should have a block that its owner is expected to have sent after so long, in milliseconds. */
const soonerMs = (ownerMs: number): number => Math.min(ownerMs / GAIN, ownerMs - MIN_GAIN_MS)

/** How likely it has the block that it was looked up for. */
const likelihood = ({ presence, hitRate }: Candidate): number => (presence === 'have' ? 1 : hitRate)

/**
 * What a slow peer was asked for before its pace was known, or while it was faster, would hold up the end of a session:
 * when nothing is left to ask, others take over from the end of its queue, by a cancel there. What may be on its way
 * already is left to it, and nothing is taken over twice.
 */
export class TakeOver {
  readonly #parts: Pick<SessionParts, 'wants' | 'peers'>
  readonly #members: Members
  readonly #open: OpenWants
  /** Blocks that may be on their way from a peer that sent none yet, by what the soonest one sends. */
  #underWay = Infinity

  constructor(parts: Pick<SessionParts, 'wants' | 'peers'>, members: Members, open: OpenWants) {
    this.#parts = parts
    this.#members = members
    this.#open = open
  }

  run(now: number): void {
    const slow = this.#slow(now)
    if (slow.size === 0) return
    for (const want of [...this.#open.values()].reverse()) {
      const owner = this.#owner(want)
      if (owner === undefined || !slow.has(owner) || this.#moved(want, owner, now)) continue
      slow.delete(owner)
      if (slow.size === 0) return
    }
  }

  /** Those with more to do than may be on its way, while somebody else would be sooner by far. */
  #slow(now: number): Set<PeerId> {
    let soonestMs = Infinity
    for (const member of this.#members.able()) {
      if (member.expectedFinishMs >= soonestMs || !this.#canTake(member, now)) continue
      soonestMs = member.expectedFinishMs
      this.#underWay = this.#parts.peers.pace(member.peer)?.underWay() ?? Infinity
    }
    const slow = new Set<PeerId>()
    for (const { peer, expectedFinishMs } of this.#members.able()) {
      if (soonerMs(expectedFinishMs) > soonestMs && this.#hasTooMuch(peer)) slow.add(peer)
    }
    return slow
  }

  /** One of unknown pace is tried with one block. */
  #canTake({ peer, hasSlack, stalled }: Candidate, now: number): boolean {
    const pace = this.#parts.peers.pace(peer)
    if (!hasSlack || stalled || pace === undefined || pace.hangsAt() <= now) return false
    return pace.outstanding === 0 || pace.blocksPerSecond > 0
  }

  #hasTooMuch(peer: PeerId): boolean {
    const pace = this.#parts.peers.pace(peer)
    if (pace === undefined) return false
    return pace.outstanding > (pace.blocksPerSecond > 0 ? pace.underWay() : this.#underWay)
  }

  /** The only peer that was asked for a want which can be taken from it. */
  #owner({ phase, shared, recalledFrom }: OpenWant): PeerId | undefined {
    if (phase !== 'asked' || shared.claimed || shared.inFlight.size !== 1 || recalledFrom !== undefined)
      return undefined
    if ((shared.holders?.size ?? 1) > 1) return undefined
    const [first] = shared.inFlight
    return first?.[0]
  }

  #moved(want: OpenWant, owner: PeerId, now: number): boolean {
    const { peers, wants } = this.#parts
    if (!this.#hasTooMuch(owner)) return false
    const withinMs = soonerMs(peers.pace(owner)?.expectedFinishMs() ?? 0)
    const sooner = this.#members
      .candidates(want.shared.key)
      .filter((one) => one.expectedFinishMs < withinMs * likelihood(one) && this.#canTake(one, now))
    const choice = choosePeer(sooner)
    if (choice.kind !== 'ask' || !wants.ask(choice.peer, want.shared, 'block', want.priority)) return false
    wants.retract(owner, want.shared)
    this.#members.changed(owner)
    this.#members.changed(choice.peer)
    want.recalledFrom = owner
    want.askedAt = now
    tellAsked(want, choice.peer)
    return true
  }
}
