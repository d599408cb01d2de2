import type { PartnerView, Scheduler, Strategy } from '../../engine/strategy.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { KitPartner, LookBudget } from './kit-partner.ts'

/** Of the one uplink, which carries one message at a time. */
const BYTES_PER_MS = 1_000
/** The longest that the kit lets pass at once while a strategy serves nobody: things happen meanwhile. */
const MAX_PAUSE_MS = 1_000
/** Looks at partners, and draws, in one turn: so many, and so many more for each who waits. */
const LOOKS = 10_000
const LOOKS_EACH = 200

/** What a strategy did that it may not do. */
export class BrokenRule extends Error {}

/** An engine of the simplest kind: it asks a strategy at every turn, obeys it, and writes down what it chose. */
export class KitEngine {
  readonly random: SeededRandom
  /** Bounded: by the partners of a story. Those that are here, whether they wait or not. */
  readonly partners: KitPartner[] = []
  /** Bounded: by the turns of a story. Who was served at each, or until when nobody was to be. */
  readonly choices: string[] = []
  readonly #scheduler: Scheduler
  readonly #budget = new LookBudget()
  /** Bounded: partners. In the order of coming, or of being served. */
  readonly #row = new Set<KitPartner>()
  #wants = 0
  now = 0
  pauses = 0
  longestWaitMs = 0

  constructor(strategy: Strategy, seed: number) {
    this.random = new SeededRandom(seed, 'strategy-kit')
    const lots = this.random.stream('lots')
    const next = (): number => {
      this.#budget.spend()
      return lots.next()
    }
    this.#scheduler = strategy.create({ random: { next }, load: () => 1 })
  }

  come(name: string, blockBytes: number): KitPartner {
    const partner = new KitPartner(name, blockBytes, this.#budget)
    this.partners.push(partner)
    return partner
  }

  asks(partner: KitPartner, blocks: number): void {
    if (blocks <= 0) return
    if (partner.facts.queuedTasks === 0) partner.facts.oldestWant = this.#wants
    this.#wants += blocks
    partner.facts.queuedTasks += blocks
    if (this.#row.has(partner)) return
    this.#row.add(partner)
    partner.facts.waitingSince = this.now
  }

  gives(partner: KitPartner, bytes: number): void {
    partner.facts.bytesReceived += bytes
    const { peer } = partner
    this.#told(() => this.#scheduler.received?.(peer, bytes, this.now))
  }

  leaves(partner: KitPartner): void {
    this.partners.splice(this.partners.indexOf(partner), 1)
    this.#row.delete(partner)
    const { peer } = partner
    this.#told(() => this.#scheduler.left?.(peer))
  }

  /** Asks once, and does what it is told; then as much time has passed as that takes. */
  turn(): void {
    if (this.#row.size === 0) {
      this.now += MAX_PAUSE_MS
      return
    }
    const answer = this.#ask()
    if (answer instanceof KitPartner) this.#serve(answer)
    else this.#pause(answer)
  }

  #ask(): KitPartner | number {
    const row: readonly PartnerView[] = Object.freeze([...this.#row])
    this.#budget.allow(LOOKS + LOOKS_EACH * row.length)
    const answer: unknown = this.#told(() => this.#scheduler.next(row, this.now))
    this.#budget.allow(Infinity)
    if (answer instanceof KitPartner && this.#row.has(answer)) return answer
    if (answer instanceof KitPartner) throw new BrokenRule('it chose a partner that does not wait')
    const until = typeof answer === 'object' && answer !== null && 'untilMs' in answer ? answer.untilMs : undefined
    if (typeof until !== 'number' || Number.isNaN(until)) {
      throw new BrokenRule(`it answered ${String(answer)}: expected one of those who wait, or { untilMs }`)
    }
    if (until <= this.now) throw new BrokenRule('it pauses until a time that has passed: it would be asked without end')
    return until
  }

  #serve(partner: KitPartner): void {
    const { peer } = partner
    this.choices.push(peer)
    this.longestWaitMs = Math.max(this.longestWaitMs, this.now - partner.facts.waitingSince)
    const bytes = partner.take(this.now)
    this.#row.delete(partner)
    if (partner.facts.queuedTasks > 0) this.#row.add(partner)
    this.#told(() => this.#scheduler.served?.(partner, bytes, this.now))
    this.now += bytes / BYTES_PER_MS
    partner.written(bytes)
  }

  #pause(untilMs: number): void {
    this.pauses++
    this.choices.push(`nobody until ${untilMs}`)
    this.now = Math.min(untilMs, this.now + MAX_PAUSE_MS)
  }

  /** How long the one that waits longest has waited until now. */
  get waitedMs(): number {
    return Math.max(this.longestWaitMs, ...Array.from(this.#row, ({ facts }) => this.now - facts.waitingSince))
  }

  #told<Value>(tell: () => Value): Value {
    try {
      return tell()
    } catch (error) {
      throw new BrokenRule(`it fails: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}
