import { InvalidParametersError } from '../../errors.ts'
import type { Scenario } from './scenario.ts'

/** What every field allows, and all together do not: a world in which nothing could happen, or not what was written. */
export function checkWhole({ topology, workload, content }: Scenario): void {
  const { seed, leech } = topology
  if (leech === 0) throw wrong('topology.leech', 0, '1 or more: only leeches ask for anything')
  if (workload.kind === 'trade') {
    const others = seed + leech - 1
    if (others === 0) throw wrong('topology.leech', leech, 'two peers or more that trade (seed and leech)')
    if (workload.wants > others) {
      throw wrong('workload.wants', workload.wants, `${others} at most: every other peer that trades has one file`)
    }
  } else if (seed === 0) {
    throw wrong('topology.seed', 0, `1 or more: in the workload ${workload.kind} nobody else has anything`)
  }
  for (const [at, request] of workload.trace.entries()) {
    const place = `workload.trace[${at}]`
    if (request.leech >= leech) throw wrong(`${place}.leech`, request.leech, `0 to ${leech - 1}`)
    if (request.file >= content.files) throw wrong(`${place}.file`, request.file, `0 to ${content.files - 1}`)
  }
}

function wrong(place: string, value: number, expected: string): InvalidParametersError {
  return new InvalidParametersError(`${place} is ${value}: expected ${expected}`)
}
