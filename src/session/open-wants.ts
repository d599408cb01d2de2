import type { CidKey } from '../ids.ts'
import type { SharedWant } from './session-ports.ts'
import type { Waiter } from './waiter.ts'

/**
 * Where a want of a session stands. `looking`: in the local store. `ready`: to be asked of a peer. `asked`: of one or
 * more. `searching`: nobody known has it; peers are told to send it should they get it, and routing is asked.
 */
export type WantPhase = 'looking' | 'ready' | 'asked' | 'searching'

export interface OpenWant {
  readonly shared: SharedWant
  /** Bounded: requests of this session. */
  readonly waiters: Set<Waiter>
  priority: number
  phase: WantPhase
  /** Asked of a second peer because the first is late. */
  hedged: boolean
}

/** The wants of one session, by key and by phase. Invariant 1: every one of them is in exactly one phase. */
export class OpenWants {
  /** Bounded: what the requests of the session keep open, each up to `maxOpenWants`. */
  readonly #open = new Map<CidKey, OpenWant>()
  /** In the order they became ready, or were put off. Bounded: a part of #open. */
  readonly #ready = new Set<OpenWant>()
  /** Bounded: a part of #open. */
  readonly #searching = new Set<OpenWant>()

  #asked = 0

  get size(): number {
    return this.#open.size
  }

  /** Wants asked of a peer. */
  get asked(): number {
    return this.#asked
  }

  get ready(): ReadonlySet<OpenWant> {
    return this.#ready
  }

  get searching(): ReadonlySet<OpenWant> {
    return this.#searching
  }

  get(key: CidKey): OpenWant | undefined {
    return this.#open.get(key)
  }

  values(): IterableIterator<OpenWant> {
    return this.#open.values()
  }

  add(want: OpenWant): void {
    this.#open.set(want.shared.key, want)
    this.move(want, want.phase)
  }

  move(want: OpenWant, phase: WantPhase): void {
    this.#asked += Number(phase === 'asked') - Number(want.phase === 'asked')
    want.phase = phase
    if (phase === 'ready') this.#ready.add(want)
    else this.#ready.delete(want)
    if (phase === 'searching') this.#searching.add(want)
    else this.#searching.delete(want)
  }

  /** Behind the other ready wants: it has to wait for a busy peer, and they may not. */
  postpone(want: OpenWant): void {
    if (this.#ready.delete(want)) this.#ready.add(want)
  }

  remove(key: CidKey): OpenWant | undefined {
    const want = this.#open.get(key)
    if (want === undefined) return undefined
    this.#open.delete(key)
    if (want.phase === 'asked') this.#asked--
    this.#ready.delete(want)
    this.#searching.delete(want)
    return want
  }
}
