import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidParametersError } from '../../errors.ts'
import { CELLS_FILE, MANIFEST_FILE } from './result-directory.ts'
import type { CellSummary, Manifest } from './result-writer.ts'

/** The cells of a directory of results, in their order. */
export async function readCells(directory: string): Promise<readonly CellSummary[]> {
  const text = await readResult(directory, CELLS_FILE)
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as CellSummary]))
}

export async function readManifest(directory: string): Promise<Manifest> {
  const manifest = JSON.parse(await readResult(directory, MANIFEST_FILE)) as Omit<Manifest, 'modules'>
  // Those that were written before modules were have none.
  return { modules: [], ...manifest }
}

async function readResult(directory: string, file: string): Promise<string> {
  try {
    return await readFile(join(directory, file), 'utf8')
  } catch (error) {
    const hint = 'expected a directory that `barter lab run … --out` wrote'
    throw new InvalidParametersError(`${join(directory, file)} cannot be read: ${hint}`, { cause: error })
  }
}
