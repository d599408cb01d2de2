import { readdir } from 'node:fs/promises'
import { repoPaths } from './repo-path.ts'

/** Whether a repo has been opened before: a first start that was cut off leaves empty directories. */
export async function isUsed(root: string): Promise<boolean> {
  const { blocks, datastore } = repoPaths(root)
  return !(await isEmpty(datastore)) || !(await isEmpty(blocks))
}

/** True for a directory that is not there, too. */
export async function isEmpty(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0
  } catch {
    return true
  }
}
