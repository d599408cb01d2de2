import { AskedStrategy } from '../../src/engine/asked-strategy.ts'
import type { Partner } from '../../src/engine/partner.ts'
import type { Strategy } from '../../src/engine/strategy.ts'
import { Turns } from '../../src/engine/turns.ts'
import type { Logger } from '../../src/ports.ts'
import { newPartner } from './new-partner.ts'

export const BATCH = 256 * 1024

/** Partners that always wait, with one slot for all of them. */
export class RowTable {
  readonly turns: Turns
  readonly partners: Partner[] = []
  readonly served = new Map<string, number>()
  readonly logged: unknown[] = []
  now = 0

  constructor(strategy: Strategy, isStrict = false) {
    const ignore = (): void => undefined
    const logger: Logger = { debug: ignore, warn: ignore, error: (_, fields) => void this.logged.push(fields) }
    this.turns = new Turns(new AskedStrategy({ strategy, logger }), isStrict)
  }

  sit(name: string): Partner {
    const partner = newPartner(name)
    this.partners.push(partner)
    this.turns.set(partner, true, this.now)
    return partner
  }

  turn(freeSlots = 1): Partner | undefined {
    return this.turns.next(freeSlots, this.now)
  }

  /** Serves `count` batches, `ms` apart; returns to whom. */
  serve(count: number, ms = 1, work: (partner: Partner) => number = () => BATCH): readonly string[] {
    return Array.from({ length: count }, () => {
      const partner = this.turn()
      if (partner === undefined) return 'nobody'
      this.turns.served(partner, work(partner), this.now)
      this.served.set(partner.peer, (this.served.get(partner.peer) ?? 0) + work(partner))
      this.now += ms
      return partner.peer
    })
  }

  share(name: string): number {
    const total = [...this.served.values()].reduce((sum, work) => sum + work, 0)
    return (this.served.get(name) ?? 0) / total
  }
}
