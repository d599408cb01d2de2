import type { CID } from 'multiformats/cid'
import type { CidKey, PeerId } from '../ids.ts'
import type { Message, WantEntry } from '../message/message.ts'
import type { EngineOptions } from '../options.ts'
import type { Blockstore, Clock, Logger, MaybePromise, PeerFeatures, Random } from '../ports.ts'
import type { Tally } from '../tally.ts'
import type { Accounts } from './accounts.ts'
import { Answers, type Permission } from './answers.ts'
import { AskedStrategy } from './asked-strategy.ts'
import type { Batch } from './batch.ts'
import { engineStat, partnerLoad, type EngineStat, type PartnerLoad } from './engine-stat.ts'
import { Intake } from './intake.ts'
import { Lookups } from './lookups.ts'
import { Partner } from './partner.ts'
import { Refusals } from './refusals.ts'
import { Serving } from './serving.ts'
import { SharedPlaces } from './shared-places.ts'
import { Slots } from './slots.ts'
import type { Strategy } from './strategy.ts'
import { Throttle, type UploadRate } from './throttle.ts'
import { Turns } from './turns.ts'
import { Uploads } from './uploads.ts'
import type { EngineOutbox } from './uploads.ts'
import { viewsOf, type Want } from './want.ts'

export interface EngineParts {
  readonly outbox: EngineOutbox
  readonly blockstore: Pick<Blockstore, 'get' | 'size'>
  /** Counts what was written, and tells the strategy what was exchanged. */
  readonly ledger: Accounts & { sent(peer: PeerId, bytes: number, blocks: number): void }
  readonly strategy: Strategy
  /** For strategies that draw lots. */
  readonly random?: Random | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** May this peer have this block? Asked at every want, and again when it is served. Without it, all may have all. */
  readonly verdict?: (peer: PeerId, named: { readonly cid: CID; readonly key: CidKey }) => Permission
  /** Told of every want that a partner did not have before. */
  readonly asked?: (peer: PeerId, key: CidKey) => void
  /** How fast blocks may leave; as fast as they go without it. */
  readonly rate?: UploadRate
}

/** A block that is in the store now. */
export interface StoredBlock {
  readonly cid: CID
  readonly key: CidKey
  readonly size: number
}

/** Messages of presences being written to one partner; beyond, presences gather for the next. */
const MAX_PRESENCE_MESSAGES = 8

/**
 * Serves partners. Entry points record what happened and mark the partner; one deferred `#evaluate` then sends
 * presences and gives slots to whoever waits. Its rules:
 * - with a free slot, whoever waits is served; a strategy only divides what is scarce (invariant 8), unless `strict`;
 * - a partner at its bound of bytes in flight does not wait, and so is in nobody's way;
 * - presences need no slot; they leave with the blocks at hand, or alone;
 * - accounts are settled when bytes have been written, and not before (invariant 6).
 */
export class Engine {
  readonly #parts: EngineParts
  readonly #options: EngineOptions
  /** Bounded: `maxPartners`. */
  readonly #partners = new Map<PeerId, Partner>()
  /** Bounded: connected peers. Those for which there is no room. */
  readonly #refused = new Map<PeerId, PeerFeatures>()
  /** Bounded: partners. Those to look at in the next `#evaluate`. */
  readonly #changed = new Set<Partner>()
  readonly #strategy: AskedStrategy
  readonly #turns: Turns
  readonly #sharedPlaces: SharedPlaces
  readonly #slots: Slots<Batch>
  readonly #lookups: Lookups
  readonly #answers: Answers
  readonly #intake: Intake
  readonly #uploads: Uploads
  readonly #serving: Serving
  readonly #refusals: Refusals
  readonly #throttle: Throttle
  /** Bounded: partners. Those to look at again because the policy changed. */
  readonly #toReview = new Set<Partner>()
  #running = false
  #scheduled = false

  constructor(parts: EngineParts, options: EngineOptions) {
    const { blockstore, clock, logger, ledger, outbox, rate } = parts
    this.#parts = parts
    this.#options = options
    const changed = (partner: Partner): void => this.#mark(partner)
    this.#sharedPlaces = new SharedPlaces(options.maxSharedWants)
    this.#slots = new Slots(options.uploadSlots)
    this.#strategy = new AskedStrategy({ ...parts, load: () => this.#slots.load })
    this.#turns = new Turns(this.#strategy, options.strict)
    this.#refusals = new Refusals(outbox, logger)
    const again = (): void => this.#schedule()
    this.#throttle = new Throttle({ rate, clock, changed, free: again })
    const found: Answers['found'] = (partner, want, size) => this.#answers.found(partner, want, size)
    this.#lookups = new Lookups({ blockstore, clock, logger, found })
    const verdict = verdictOf(parts)
    this.#answers = new Answers({
      lookups: this.#lookups,
      verdict,
      changed,
      asked: parts.asked,
      now: () => clock.now(),
      enabled: options.enabled,
      replaceHaveBytes: options.replaceHaveBytes
    })
    this.#intake = new Intake({ clock, taker: this.#answers, changed })
    const mayServe = (partner: Partner, want: Want): boolean => verdict(partner, want) === 'serve'
    const actors = { slots: this.#slots, answers: this.#answers, throttle: this.#throttle }
    this.#uploads = new Uploads({ outbox, blockstore, ledger, clock, logger, ...actors, mayServe, changed }, options)
    const serving = { turns: this.#turns, slots: this.#slots, uploads: this.#uploads, throttle: this.#throttle, again }
    this.#serving = new Serving({ ...serving, clock, maxInFlightWork: options.maxInFlightBytesPerPartner })
  }

  start(): void {
    this.#running = true
  }

  /**
   * Sends nothing more and forgets all partners. What is being written is left to the network; if it gets through, it is
   * still accounted for.
   */
  stop(): Promise<void> {
    this.#running = false
    for (const peer of [...this.#refused.keys(), ...this.#partners.keys()]) this.disconnected(peer)
    this.#lookups.stop()
    this.#throttle.stop()
    this.#serving.stop()
    return Promise.resolve()
  }

  connected(peer: PeerId, features: PeerFeatures): void {
    if (this.#partners.has(peer)) this.disconnected(peer)
    if (this.#partners.size < this.#options.maxPartners) {
      this.#partners.set(peer, this.#newPartner(peer, features))
    } else {
      this.#refused.set(peer, features)
    }
  }

  /** Frees all that was kept for the peer. Its ledger stays. */
  disconnected(peer: PeerId): void {
    this.#refused.delete(peer)
    const partner = this.#partners.get(peer)
    if (partner === undefined) return
    partner.gone = true
    this.#partners.delete(peer)
    this.#changed.delete(partner)
    this.#toReview.delete(partner)
    this.#throttle.forget(partner)
    this.#turns.delete(partner)
    this.#intake.disconnected(partner)
    this.#answers.disconnected(partner)
    partner.wants.leave()
    this.#lookups.forgetPartner(partner)
    this.#uploads.disconnected(partner)
    this.#strategy.left(peer)
    const [next] = this.#refused
    if (next !== undefined) {
      this.#refused.delete(next[0])
      this.connected(...next)
    }
    this.#schedule()
  }

  /** Takes in wants, cancels and `full`; resolves when they are looked at, undefined when that is so. Answers follow. */
  receivedWants(peer: PeerId, message: Message): MaybePromise<void> {
    if (message.wants.length === 0 && message.cancels.length === 0 && !message.full) return
    if (!this.#running) return
    const partner = this.#partners.get(peer)
    if (partner !== undefined) return this.#intake.received(partner, message)
    if (this.#refused.get(peer)?.presences === true) this.#refusals.refuse(peer, message)
  }

  /** Blocks have been stored: whoever waits for them is served. */
  blocksStored(blocks: readonly StoredBlock[]): void {
    for (const { key, size } of blocks) this.#answers.stored(key, size)
  }

  /** Bytes of wanted blocks came from a peer, and its account was credited: a strategy may repay it. */
  credited(peer: PeerId, bytes: number): void {
    if (!this.#partners.has(peer)) return
    this.#strategy.received(peer, bytes, this.#parts.clock.now())
    if (this.#turns.pausedUntil !== undefined) this.#schedule()
  }

  /** Does a partner wait for this block? False while its wants have not been read. */
  awaits(key: CidKey): boolean {
    return this.#answers.awaitedBy(key).length > 0
  }

  /** Partners that wait for this block. */
  awaitedBy(key: CidKey): readonly PeerId[] {
    return this.awaits(key) ? this.#answers.awaitedBy(key).map(({ peer }) => peer) : []
  }

  /** The policy changed: what waits is looked at again, one partner in a turn of the event loop. */
  reviewAll(): void {
    const isUnderWay = this.#toReview.size > 0
    for (const partner of this.#partners.values()) this.#toReview.add(partner)
    if (!isUnderWay) this.#parts.clock.defer(() => this.#reviewNext())
  }

  /** The limits of the upload changed: whoever waits for them is looked at again. */
  rateChanged(): void {
    this.#throttle.changed()
  }

  /** What a partner wants of us and has not got. */
  wantlistOf(peer: PeerId): readonly WantEntry[] {
    const partner = this.#partners.get(peer)
    if (partner === undefined) return []
    const sending = Array.from(partner.sending.values()).filter(({ state }) => state === 'sending')
    return [...sending, ...partner.wants.values()].flatMap(viewsOf)
  }

  partners(): readonly PeerId[] {
    return [...this.#partners.keys()]
  }

  stat(): EngineStat {
    return engineStat({
      partners: this.#partners,
      refused: this.#refused,
      uploads: this.#uploads,
      answers: this.#answers,
      intake: this.#intake,
      lookups: this.#lookups,
      turns: this.#turns,
      slots: this.#slots
    })
  }

  /** What is held for one partner; undefined for who is none. */
  loadOf(peer: PeerId): PartnerLoad | undefined {
    const partner = this.#partners.get(peer)
    return partner && partnerLoad(partner)
  }

  /** Counts what leaves from now on by its size, and by the time it takes, in seconds. */
  observe(blockBytes: Tally, sendSeconds: Tally): void {
    Object.assign(this.#uploads.stat, { blockBytes, sendSeconds })
  }

  #reviewNext(): void {
    const [partner] = this.#toReview
    if (partner === undefined) return
    this.#toReview.delete(partner)
    this.#answers.review(partner)
    if (this.#toReview.size > 0) this.#parts.clock.defer(() => this.#reviewNext())
  }

  #mark(partner: Partner): void {
    if (partner.gone) return
    this.#intake.resume(partner)
    // Nothing is due to it, and nobody waits for what it may have set free.
    if (partner.isIdle && this.#turns.size === 0 && !this.#toReview.has(partner)) return
    this.#changed.add(partner)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || !this.#running) return
    this.#scheduled = true
    this.#parts.clock.defer(() => {
      this.#scheduled = false
      if (this.#running) this.#evaluate()
    })
  }

  #evaluate(): void {
    const now = this.#parts.clock.now()
    for (const partner of this.#changed) this.#serving.look(partner, now)
    const spoke = [...this.#changed]
    this.#changed.clear()
    this.#serving.serve(now)
    for (const partner of spoke) this.#speak(partner)
    this.#serving.watchSlots(now)
  }

  #speak(partner: Partner): void {
    if (partner.gone || partner.rest !== undefined || !this.#running) return
    // What it is told now must not be what has just been denied.
    if (this.#toReview.delete(partner)) this.#answers.review(partner)
    if (partner.presences.messages < MAX_PRESENCE_MESSAGES) this.#uploads.sendPresences(partner)
  }

  #newPartner(peer: PeerId, features: PeerFeatures): Partner {
    return new Partner(peer, features, this.#options, this.#sharedPlaces, this.#parts.ledger)
  }
}

function verdictOf({ verdict }: EngineParts): (partner: Partner, want: Pick<Want, 'cid' | 'key'>) => Permission {
  return verdict === undefined ? () => 'serve' : (partner, want) => verdict(partner.peer, want)
}
