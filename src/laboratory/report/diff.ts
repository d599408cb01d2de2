import { changedModules, type ModuleChange } from '../experiment/strategy-modules.ts'
import { readCells, readManifest } from '../experiment/read-results.ts'
import type { CellSummary } from '../experiment/result-writer.ts'
import { bySeed, comparePaired, distinct, groupsOf, nameOf, REPORTED, withHolm, type Comparison } from './summary.ts'

export interface Diff {
  /** Are both of the same scenario? If not, numbers are compared that mean different things. */
  readonly isSameScenario: boolean
  /** Strategies of both that come from a file of one name, and not from the same file. */
  readonly changedModules: readonly ModuleChange[]
  /** Runs of equal strategies and seed, and how many of them did exactly the same. */
  readonly sharedRuns: number
  readonly equalRuns: number
  /** The second directory against the first. */
  readonly comparisons: readonly Comparison[]
}

/** Compares two directories of results, strategies by name and runs by seed. */
export async function diffResults(before: string, after: string): Promise<Diff> {
  const [first, second] = [await readCells(before), await readCells(after)]
  const manifests = [await readManifest(before), await readManifest(after)] as const
  const servers = manifests[0].servers.filter((server) => manifests[1].servers.includes(server))
  const runOf = (cell: CellSummary): string => `${nameOf(cell)} ${cell.seed}`
  const known = new Map(first.map((cell) => [runOf(cell), cell.eventHash]))
  const shared = second.filter((cell) => known.has(runOf(cell)))
  const equal = shared.filter((cell) => cell.worldKind === 'virtual' && known.get(runOf(cell)) === cell.eventHash)
  const groups = groupsOf(first)
  const comparisons = Array.from(groupsOf(second)).flatMap(([strategies, cells]) => {
    const reference = groups.get(strategies)
    if (reference === undefined) return []
    return REPORTED.flatMap(({ metric }) => {
      const one = comparePaired(
        strategies,
        metric,
        bySeed(reference, metric),
        bySeed(distinct(cells, reference), metric)
      )
      return one.n === 0 ? [] : [one]
    })
  })
  return {
    isSameScenario: manifests[0].scenarioHash === manifests[1].scenarioHash,
    changedModules: changedModules(servers, manifests[0].modules, manifests[1].modules),
    sharedRuns: shared.length,
    equalRuns: equal.length,
    comparisons: withHolm(comparisons)
  }
}
