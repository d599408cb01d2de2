import type { SeededRandom } from '../../src/simulation/seeded-random.ts'
import type { BlockName, FetchWay } from './peer-calls.ts'

export interface HostWork {
  readonly host: number
  /** What it has from the start. */
  readonly holds: readonly BlockName[]
  /** What others have, and how it asks for that. */
  readonly wants: readonly BlockName[]
  readonly way: FetchWay
  /** What nobody has until the faults are over: small, for what counts is how soon its coming is noticed. */
  readonly early: readonly BlockName[]
  /** What nobody ever has: its caller gives up in the midst of the faults. */
  readonly vain: readonly BlockName[]
}

export interface WorkloadOptions {
  readonly random: SeededRandom
  readonly hosts: number
  readonly blocks: number
  /** The number of the first block: no two rounds share any. */
  readonly firstNumber: number
}

const KIB = 1024
const EARLY = 3
const VAIN = 3

/** What the hosts have and want in one round. Each block has two holders, so that one link or host is nobody's last hope. */
export function planWork({ random, hosts, blocks, firstNumber }: WorkloadOptions): HostWork[] {
  const everyHost = Array.from({ length: hosts }, (_, index) => index + 1)
  let number = firstNumber
  const next = (size: number): BlockName => ({ number: number++, size })
  const placed = Array.from({ length: blocks }, () => {
    const name = next(drawSize(random))
    return { name, holders: new Set(random.shuffled(everyHost).slice(0, 2)) }
  })
  return everyHost.map((host) => ({
    host,
    holds: placed.filter(({ holders }) => holders.has(host)).map(({ name }) => name),
    wants: placed.filter(({ holders }) => !holders.has(host) && random.next() < 0.8).map(({ name }) => name),
    way: (['together', 'alone', 'in-session'] as const)[random.below(3)] ?? 'alone',
    early: Array.from({ length: EARLY }, () => next(random.below(16 * KIB))),
    vain: Array.from({ length: VAIN }, () => next(64))
  }))
}

/** Many small blocks, some large ones: what a directory of files comes to. */
function drawSize(random: SeededRandom): number {
  const kind = random.next()
  if (kind < 0.3) return random.below(KIB)
  if (kind < 0.6) return KIB + random.below(15 * KIB)
  if (kind < 0.97) return 16 * KIB + random.below(240 * KIB)
  return 512 * KIB + random.below(512 * KIB)
}
