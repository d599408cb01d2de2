import { open, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { CellFigures, CellResult, MetricRow, Repeatability } from '../results.ts'
import type { WorldKind } from '../world-like.ts'
import { WORLD_ABOUT } from './require-world.ts'
import { DEFAULT_WORLDS, scenarioHash, type Experiment } from './experiment.ts'
import { CELLS_FILE, makeResultDirectory, MANIFEST_FILE, METRICS_FILE } from './result-directory.ts'
import { readModules, type StrategyModule } from './strategy-modules.ts'

/** What a directory of results says of itself: enough to run the very same cells again. */
export interface Manifest {
  /** 2: cells and rows say in which kind of world they were run. */
  readonly format: 2
  readonly scenario: unknown
  /** sha2-256 of the scenario, whatever the order of its keys. */
  readonly scenarioHash: string
  readonly servers: readonly string[]
  readonly clients: readonly string[]
  readonly seeds: readonly number[]
  readonly worlds: readonly WorldKind[]
  /** What each of them is. */
  readonly worldsAbout: Readonly<Record<string, string>>
  /** Those of the servers that are files. */
  readonly modules: readonly StrategyModule[]
  readonly barter: string
  readonly node: string
  readonly platform: string
}

/** A cell without its rows: a line of `cells.ndjson`. */
export type CellSummary = Omit<CellFigures, 'rows'> &
  Repeatability & { readonly world: Readonly<Record<string, number>> }

export const CSV_HEADER = 'scenario,server,client,seed,peer,role,metric,value,unit,world'

/** Writes results as they come, in the order of the cells: equal experiments give equal files, whatever ran first. */
export class ResultWriter {
  readonly #cells: FileHandle
  readonly #metrics: FileHandle
  /** Bounded: by the cells of the experiment. Results that came before their turn. */
  readonly #early = new Map<number, CellResult>()
  #next = 0
  #writing: Promise<void> = Promise.resolve()

  private constructor(cells: FileHandle, metrics: FileHandle) {
    this.#cells = cells
    this.#metrics = metrics
  }

  /** Throws `InvalidParametersError` for a directory that holds anything but, with `replace`, earlier results. */
  static async create(
    directory: string,
    experiment: Experiment,
    about: Pick<Manifest, 'barter' | 'node' | 'platform'>,
    replace: boolean
  ): Promise<ResultWriter> {
    const { json, servers, clients, seeds, worlds = DEFAULT_WORLDS } = experiment
    const modules = await readModules(servers)
    await makeResultDirectory(directory, replace)
    const hash = scenarioHash(json)
    const worldsAbout = Object.fromEntries(worlds.map((kind) => [kind, WORLD_ABOUT[kind]]))
    const manifest: Manifest = {
      format: 2,
      scenario: json,
      scenarioHash: hash,
      ...{ servers, clients, seeds, worlds, worldsAbout, modules },
      ...about
    }
    // Two runs at once do not write into one directory, either.
    await writeFile(join(directory, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`, { flag: 'wx' })
    const metrics = await open(join(directory, METRICS_FILE), 'wx')
    await metrics.write(`${CSV_HEADER}\n`)
    return new ResultWriter(await open(join(directory, CELLS_FILE), 'wx'), metrics)
  }

  add(index: number, result: CellResult): void {
    this.#early.set(index, result)
    for (let due = this.#early.get(this.#next); due !== undefined; due = this.#early.get(this.#next)) {
      this.#early.delete(this.#next)
      this.#next++
      const cell = due
      this.#writing = this.#writing.then(() => this.#write(cell))
    }
  }

  /** Rejects if anything could not be written. */
  async close(): Promise<void> {
    try {
      await this.#writing
    } finally {
      await this.#cells.close()
      await this.#metrics.close()
    }
  }

  async #write(result: CellResult): Promise<void> {
    await this.#cells.write(`${JSON.stringify(summaryOf(result))}\n`)
    await this.#metrics.write(csvLines(result))
  }
}

export function summaryOf({ rows, ...cell }: CellResult): CellSummary {
  const world = rows.filter(({ peer }) => peer === -1).map(({ metric, value }) => [metric, value] as const)
  return { ...cell, world: Object.fromEntries(world) }
}

export function csvLines({ scenario, server, client, seed, worldKind, rows }: CellResult): string {
  const cell = [scenario, server, client, String(seed)].map(csvField).join(',')
  const line = ({ peer, role, metric, value, unit }: MetricRow): string =>
    `${cell},${peer},${csvField(role)},${csvField(metric)},${value},${csvField(unit)},${worldKind}\n`
  return rows.map(line).join('')
}

/** RFC 4180: what could be read as the end of a field is put in quotes. */
function csvField(text: string): string {
  return /[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
