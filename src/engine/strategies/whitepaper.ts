import type { PeerId } from '../../ids.ts'
import type { PartnerView, Pause, Scheduler, StrategyWorld } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import type { Values } from './parameters.ts'
import { given } from './pick.ts'
import { sigmoid } from './sigmoid.ts'

const PARAMETERS = {
  unit: { about: 'bytes that count for 1 in the debt ratio', unit: 'bytes', fallback: 1, min: 1 },
  credit: { about: 'bytes a partner is taken to have given before the first', unit: 'bytes', fallback: 0, min: 0 },
  cooldown: { about: 'a refused partner is ignored for so long', unit: 'ms', fallback: 10_000, min: 1 }
} as const

const LOAD_PARAMETERS = {
  ...PARAMETERS,
  load: { about: 'part of the uplink in use, below which all are served', unit: 'parts', fallback: 0.7, min: 0, max: 1 }
} as const

const SOURCE = 'IPFS whitepaper, Benet 2014, §3.4.2'
const REFUSES =
  'by chance, the more the partner owes; a refused one is ignored for a while, so that dice are not rolled anew'

export class WhitepaperScheduler implements Scheduler {
  readonly #values: Values<typeof PARAMETERS>
  readonly #world: StrategyWorld
  readonly #isLoaded: () => boolean
  /** Bounded: partners. */
  readonly #mutedUntil = new Map<PeerId, number>()

  constructor(values: Values<typeof PARAMETERS>, world: StrategyWorld, isLoaded: () => boolean = () => true) {
    this.#values = values
    this.#world = world
    this.#isLoaded = isLoaded
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView | Pause {
    const isLoaded = this.#isLoaded()
    let untilMs = Infinity
    for (const partner of waiting) {
      if (!isLoaded) return partner
      let mutedUntil = this.#mutedUntil.get(partner.peer) ?? -Infinity
      if (now >= mutedUntil) {
        if (this.#world.random.next() < sigmoid(this.#ratioOf(partner))) return partner
        mutedUntil = now + this.#values.cooldown
        this.#mutedUntil.set(partner.peer, mutedUntil)
      }
      untilMs = Math.min(untilMs, mutedUntil)
    }
    return { untilMs }
  }

  left(peer: PeerId): void {
    this.#mutedUntil.delete(peer)
  }

  #ratioOf(partner: PartnerView): number {
    const { unit, credit } = this.#values
    return given(partner) / unit / ((partner.bytesReceived + credit) / unit + 1)
  }
}

/**
 * Serves with the probability of the sigmoid of the debt ratio. Debt is the bytes given, credit the bytes received and the
 * initial `credit`, both in `unit`s: r = (S / unit) / ((R + credit) / unit + 1). As it is written, with bytes for units and
 * no credit, whoever gives nothing is refused after its first block.
 */
export const whitepaper = strategyKind({
  name: 'whitepaper',
  about: 'serves by chance, the less the more a partner owes; literal unless unit or credit is set',
  source: `${SOURCE}; the cool-down after ipfs/ipfs#228`,
  refuses: REFUSES,
  starves: REFUSES,
  parameters: PARAMETERS,
  create: (values, world) => new WhitepaperScheduler(values, world)
})

/** As `whitepaper` when the uplink is loaded; otherwise all are served in turn. Debt and credit are the same. */
export const whitepaperLoad = strategyKind({
  name: 'whitepaper-load',
  about: 'as whitepaper while the uplink is loaded, for all otherwise',
  source: `${SOURCE}; the load after a proposal in ipfs/ipfs#228`,
  refuses: REFUSES,
  starves: REFUSES,
  parameters: LOAD_PARAMETERS,
  create: (values, world) => new WhitepaperScheduler(values, world, () => (world.load?.() ?? 1) >= values.load)
})
