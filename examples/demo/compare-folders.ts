import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Compares two folders, name by name and byte by byte. Throws at the first difference; resolves with what was compared. */
export async function compareFolders(one: string, other: string): Promise<{ files: number; bytes: number }> {
  const names = (await readdir(one)).sort()
  const otherNames = (await readdir(other)).sort()
  if (names.join('\0') !== otherNames.join('\0')) throw new Error(`${one} and ${other} hold different names`)
  const total = { files: 0, bytes: 0 }
  for (const name of names) {
    const here = join(one, name)
    const there = join(other, name)
    const found = (await stat(here)).isDirectory() ? await compareFolders(here, there) : await compareFiles(here, there)
    total.files += found.files
    total.bytes += found.bytes
  }
  return total
}

async function compareFiles(one: string, other: string): Promise<{ files: number; bytes: number }> {
  const [here, there] = await Promise.all([readFile(one), readFile(other)])
  if (!here.equals(there)) throw new Error(`${one} and ${other} differ`)
  return { files: 1, bytes: here.byteLength }
}
