import type { MovedPort } from '../node/repo/free-ports.ts'
import { repoPaths } from '../node/repo/repo-path.ts'

/** What a new repo has instead of the usual ports, and where that stands: whoever looks for it at the usual ones finds another. */
export function busyPortsLine(moved: readonly MovedPort[], root: string): string {
  const each = moved.map(({ port, instead }) => `port ${port} is taken by another program, ${instead} is used instead`)
  return `${each.join('; ')}: see Addresses in ${repoPaths(root).config}`
}
