import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidParametersError } from '../../errors.ts'
import { FIGURE_NAMES } from '../report/figure.ts'

export const MANIFEST_FILE = 'manifest.json'
export const CELLS_FILE = 'cells.ndjson'
export const METRICS_FILE = 'metrics.csv'
const FIGURES = 'figures'

/** What a run and a report of it write. The manifest goes last: until then the rest is known to be ours. */
const OURS = [
  ...FIGURE_NAMES.map((name) => join(FIGURES, `${name}.svg`)),
  ...['report.html', 'summary.csv', 'metrics.parquet', 'results.out', 'residuals.csv'],
  ...[CELLS_FILE, METRICS_FILE, MANIFEST_FILE]
]

/** What is to be written by a command of some hours is looked for before it begins. */
export async function requireEmpty(directory: string): Promise<void> {
  if ((await namesIn(directory)).length === 0) return
  throw new InvalidParametersError(`${directory} is not empty: name another directory with --out, or empty it`)
}

/**
 * Makes an empty directory for results. One that holds anything is refused and left as it is; with `replace`, one that
 * holds results loses the files of those, and keeps all others.
 */
export async function makeResultDirectory(directory: string, replace: boolean): Promise<void> {
  if ((await namesIn(directory)).length > 0) {
    if (!(await holdsResults(directory))) {
      throw new InvalidParametersError(
        `${directory} holds files, and no results of \`barter lab run\`: name an empty or new directory with --out`
      )
    }
    if (!replace) {
      throw new InvalidParametersError(
        `${directory} holds earlier results: name another directory with --out, or replace them with --force`
      )
    }
    await removeResults(directory)
  }
  await mkdir(directory, { recursive: true })
}

async function removeResults(directory: string): Promise<void> {
  for (const name of OURS) await rm(join(directory, name), { force: true })
  try {
    await rmdir(join(directory, FIGURES))
  } catch (error) {
    // Somebody else's figures stay, and none need be there.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'ENOENT')) throw error
  }
}

async function holdsResults(directory: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, MANIFEST_FILE), 'utf8'))
    return manifest instanceof Object && 'scenarioHash' in manifest && 'barter' in manifest
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return false
    throw error
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    if (hasCode(error, 'ENOTDIR')) throw new InvalidParametersError(`${directory} is no directory`, { cause: error })
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
