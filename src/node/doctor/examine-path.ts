import type { CID } from 'multiformats/cid'
import type { Diagnosis } from '../../api/service/insight-service.ts'
import { parseDataPath, type ContentPath } from '../../content/content-path.ts'
import { DagError } from '../../content/dag-links.ts'
import { PathError } from '../../content/path-error.ts'
import { resolvePath } from '../../content/resolve-path.ts'
import { examineBlock, type ExamineBlockParts } from './examine-block.ts'
import { note, problem } from './finding.ts'
import { NotHereError, soundBlocks } from '../keeping/local-block.ts'

/**
 * Examines the block that a path leads to. A block on the way that is not here is examined itself; the path ends there
 * unless it can be fetched. Throws `InvalidParametersError` for what is no path.
 */
export async function examinePath(parts: ExamineBlockParts, text: string, signal?: AbortSignal): Promise<Diagnosis> {
  const path = parseDataPath(text)
  await parts.hashers.load()
  let fetched: CID | undefined
  for (;;) {
    const end = await follow(parts, path, signal)
    if (typeof end === 'string') {
      const finding = problem('no-such-path', `the path leads nowhere: ${end}`, 'see what is there: `barter ls`')
      return { cid: path.cid.toString(), findings: [finding] }
    }
    const { cid, isWhole } = end
    const findings = await examineBlock(parts, cid, signal)
    if (isWhole) {
      const where = path.names.length === 0 ? [] : [note('leads-to', `the path leads to block ${cid.toString()}`)]
      return { cid: cid.toString(), findings: [...where, ...findings] }
    }
    const isNew = fetched?.equals(cid) !== true && findings.some(({ code }) => code === 'fetched')
    if (!isNew) {
      const where = note('on-the-way', `the path leads through block ${cid.toString()}, and cannot be followed further`)
      return { cid: cid.toString(), findings: [where, ...findings] }
    }
    fetched = cid
  }
}

/** Where it ends, or the first block that is not here; why it leads nowhere, in words. */
async function follow(
  parts: ExamineBlockParts,
  path: ContentPath,
  signal?: AbortSignal
): Promise<{ readonly cid: CID; readonly isWhole: boolean } | string> {
  try {
    const { cid } = await resolvePath(soundBlocks(parts), path, { signal })
    return { cid, isWhole: true }
  } catch (error) {
    if (error instanceof NotHereError) return { cid: error.cid, isWhole: false }
    if (error instanceof PathError || error instanceof DagError) return error.message
    throw error
  }
}
