import { readSmallFile } from './file-error.ts'

/** Whether what lies at this path, told from the folder that is added, is to be left out. */
export type Ignores = (path: string, isFolder: boolean) => boolean

/**
 * The rules of a file, and after them those given one by one, as Git reads them: the last that fits decides. Undefined
 * where there are none.
 */
export async function ignoreRules(
  file: string | undefined,
  patterns: readonly string[] = []
): Promise<Ignores | undefined> {
  if (file === undefined && patterns.length === 0) return undefined
  const inFile = file === undefined ? '' : Buffer.from(await readSmallFile(file)).toString()
  // Only where rules are given: the other commands start faster.
  const { default: ignore } = await import('ignore')
  // The CIDs of a folder are the same on every system, also where its files may be named in either case.
  const rules = ignore({ ignorecase: false }).add(inFile).add(patterns)
  return (path, isFolder) => rules.ignores(isFolder ? `${path}/` : path)
}
