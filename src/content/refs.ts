import { CID } from 'multiformats/cid'
import type { AbortOptions } from '../ports.ts'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { DagError, linksOf, type DagLink } from './dag-links.ts'
import { MAX_WAITING, type WalkSource } from './dag-walk.ts'

export interface RefsOptions extends AbortOptions {
  /** Also the links of what is linked to. */
  readonly recursive?: boolean
  /** Each block once; without this as often as it is linked to. */
  readonly unique?: boolean
  /** Links that may wait for their turn. */
  readonly maxWaiting?: number
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

interface Frame {
  readonly cid: CID
  readonly links: readonly DagLink[]
  next: number
}

/** Lists links, depth first, in their order. What it holds is bounded by `MAX_WAITING` links on the way to where it is. */
export async function* listRefs(source: WalkSource, root: CID, options: RefsOptions = {}): AsyncGenerator<Ref> {
  const { recursive = false, unique = false, maxWaiting = MAX_WAITING, signal } = options
  const maxDepth = recursive ? (options.maxDepth ?? Infinity) : 1
  // Bounded: by the blocks below the root, with `unique` alone. The depth at which each was seen last.
  const seen = new Map<string, number>()
  const stack: Frame[] = [await open(source, root, signal)]
  let waiting = stack[0]?.links.length ?? 0
  let told = 0
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const link = top.links[top.next++]
    const depth = stack.length
    if (link === undefined || depth > maxDepth) {
      waiting -= stack.pop()?.links.length ?? 0
      continue
    }
    const key = link.cid.toString()
    const before = unique ? seen.get(key) : undefined
    if (before !== undefined && (maxDepth === Infinity || before <= depth)) continue
    if (unique) seen.set(key, depth)
    if (++told > MAX_REFS) throw new DagError(`more than ${MAX_REFS} links: list each block once, with unique`)
    if (before === undefined) yield { from: top.cid, to: link.cid, name: link.name }
    if (depth === maxDepth) continue
    signal?.throwIfAborted()
    const frame = await open(source, link.cid, signal)
    waiting += frame.links.length
    if (waiting > maxWaiting) throw new DagError(`below ${key} more than ${maxWaiting} links wait: given up`)
    stack.push(frame)
  }
}

async function open(source: WalkSource, cid: CID, signal: AbortSignal | undefined): Promise<Frame> {
  const inline = cid.multihash.code === IDENTITY_CODE
  const bytes = inline ? cid.multihash.digest : await source.get(cid, { signal })
  // Copied: a view would keep the whole block.
  const links = linksOf(cid, bytes).map(({ name, cid: to }) => ({ name, cid: CID.decode(to.bytes.slice()) }))
  return { cid, links, next: 0 }
}
