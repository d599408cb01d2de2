import { createHash } from 'node:crypto'
import type { Scenario } from '../scenario/scenario.ts'
import type { WorldKind } from '../world-like.ts'

/** A scenario as it was given, and what it is to be run with. */
export interface Experiment {
  /** The parsed file, so that a result can be repeated from its manifest alone. */
  readonly json: unknown
  readonly scenario: Scenario
  readonly servers: readonly string[]
  readonly clients: readonly string[]
  readonly seeds: readonly number[]
  /** Kinds of worlds, one after the other; the virtual one if left out. */
  readonly worlds?: readonly WorldKind[]
}

export const DEFAULT_WORLDS: readonly WorldKind[] = ['virtual']

export interface CellSpec {
  readonly server: string
  readonly client: string
  readonly seed: number
  /** `virtual` if left out. */
  readonly worldKind?: WorldKind
}

/** Every cell of an experiment. Seeds come last, so that what was interrupted has whole seeds of the first strategies. */
export function cellsOf({ servers, clients, seeds, worlds = DEFAULT_WORLDS }: Experiment): CellSpec[] {
  return worlds.flatMap((worldKind) =>
    servers.flatMap((server) =>
      clients.flatMap((client) => seeds.map((seed): CellSpec => ({ server, client, seed, worldKind })))
    )
  )
}

/** Names what was asked, whoever asks it and when: sha2-256 of the scenario, in hexadecimal. */
export function scenarioHash(json: unknown): string {
  return createHash('sha256').update(canonicalJson(json)).digest('hex')
}

/** JSON with sorted keys. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`
}
