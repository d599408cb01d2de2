import type { PartnerView, Pause, Scheduler, Strategy } from '../../src/engine/strategy.ts'
import { toPeerId } from '../../src/ids.ts'
import type { Random } from '../../src/ports.ts'
import { partnerView, type PartnerDouble } from './partner-view.ts'

/** These numbers in turn, and no more. */
export function draws(...numbers: readonly number[]): Random {
  const left = [...numbers]
  return {
    next: () => {
      const next = left.shift()
      if (next === undefined) throw new Error('one draw too many')
      return next
    }
  }
}

/** A partner that waits for one block, unless said. */
export function waiter(name: string, parts: Partial<PartnerView> = {}): PartnerDouble {
  return partnerView({ peer: toPeerId(name), queuedTasks: 1, queuedBytes: 100, nextBlockBytes: 100, ...parts })
}

/** Who is chosen: the name, or the time until which nobody is. */
export function choice(answer: PartnerView | Pause): string | number {
  return 'untilMs' in answer ? answer.untilMs : answer.peer
}

export function choose(
  strategy: Strategy,
  waiting: readonly PartnerView[],
  now = 0,
  random = draws()
): string | number {
  return choice(strategy.create({ random }).next(waiting, now))
}

/** Serves so many turns, and keeps the row as the engine does; who is served is always done at once. */
export function serve(scheduler: Scheduler, row: PartnerDouble[], turns: number, bytes: number, now = 0): string[] {
  const served: string[] = []
  for (let turn = 0; turn < turns; turn++) {
    const partner = row.find((each) => each === scheduler.next(row, now))
    if (partner === undefined) {
      served.push('nobody')
      continue
    }
    served.push(partner.peer)
    partner.bytesSent += bytes
    partner.servedAt = now
    partner.waitingSince = now
    row.splice(row.indexOf(partner), 1)
    row.push(partner)
    scheduler.served?.(partner, bytes, now)
  }
  return served
}
