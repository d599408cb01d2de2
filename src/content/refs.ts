import { CID } from 'multiformats/cid'
import type { AbortOptions } from '../ports.ts'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { DagError, linksOf, type DagLink } from './dag-links.ts'
import type { WalkSource } from './dag-walk.ts'
import { stepId, walkDepthFirst, type Step, type Visited } from './depth-first.ts'

export interface RefsOptions extends AbortOptions {
  /** Also the links of what is linked to. */
  readonly recursive?: boolean
  /** Each block once; without this as often as it is linked to. */
  readonly unique?: boolean
  /** Links that may wait for their turn. */
  readonly maxWaiting?: number | undefined
  /** Levels that are listed; undefined for all. */
  readonly maxDepth?: number | undefined
}

/** One link: from which block, to which, by which name. */
export interface Ref {
  readonly from: CID
  readonly to: CID
  readonly name: string
}

/** Links that are listed without `unique`: a small DAG in which all link to the same few has more of them than anybody reads. */
const MAX_REFS = 16_777_216

interface Link extends Step {
  /** Undefined in front of the root. */
  readonly from: CID | undefined
  readonly name: string
  readonly depth: number
}

/** Lists links, depth first, in their order. What it holds is bounded by the links that wait for their turn. */
export async function* listRefs(source: WalkSource, root: CID, options: RefsOptions = {}): AsyncGenerator<Ref> {
  const { recursive = false, unique = false, maxWaiting, signal } = options
  const maxDepth = recursive ? (options.maxDepth ?? Infinity) : 1
  // Bounded: by the blocks below the root, with `unique` alone. The depth at which each was seen last.
  const seen = new Map<string, number>()
  let told = 0

  const visit = ({ from, id, name, depth }: Link): Visited<Link, Ref> | undefined => {
    const to = CID.decode(id)
    const goOn = (): Promise<readonly Link[]> => below(to, depth)
    if (from === undefined) return { below: goOn }
    const key = to.toString()
    const before = unique ? seen.get(key) : undefined
    if (before !== undefined && (maxDepth === Infinity || before <= depth)) return undefined
    if (unique) seen.set(key, depth)
    if (++told > MAX_REFS) throw new DagError(`more than ${MAX_REFS} links: list each block once, with unique`)
    return { found: before === undefined ? { from, to, name } : undefined, below: goOn }
  }
  const below = async (from: CID, depth: number): Promise<readonly Link[]> => {
    if (depth > 0 && depth >= maxDepth) return []
    signal?.throwIfAborted()
    const links = await linksAt(source, from, signal)
    return depth < maxDepth ? links.map(({ cid, name }) => ({ id: stepId(cid), from, name, depth: depth + 1 })) : []
  }
  yield* walkDepthFirst<Link, Ref>({ id: stepId(root), from: undefined, name: '', depth: 0 }, { visit, maxWaiting })
}

async function linksAt(source: WalkSource, cid: CID, signal: AbortSignal | undefined): Promise<readonly DagLink[]> {
  const inline = cid.multihash.code === IDENTITY_CODE
  return linksOf(cid, inline ? cid.multihash.digest : await source.get(cid, { signal }))
}
