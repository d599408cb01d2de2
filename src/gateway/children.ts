import type { CID } from 'multiformats/cid'
import { DAG_PB, decodePbNode, linksOf, RAW } from '../content/dag-links.ts'
import { isSubShard } from '../content/hamt.ts'
import { decodeUnixFs, type UnixFsNode } from '../content/decode-unixfs.ts'
import type { ByteSpan } from './byte-span.ts'
import type { DagScope } from './car-params.ts'

/** A block to be visited. */
export interface Visit {
  readonly cid: CID
  /** Of a file: the bytes of it that are wanted, counted from its own first; undefined for all. */
  readonly span: ByteSpan | undefined
}

/** What belongs to a scope below one block, in depth-first order. */
export function childrenOf({ cid, span }: Visit, bytes: Uint8Array, scope: DagScope): readonly Visit[] {
  if (scope === 'block') return []
  if (scope === 'all') return linksOf(cid, bytes).map((link) => whole(link.cid))
  if (cid.code !== DAG_PB) return []
  const node = decodePbNode(cid, bytes)
  const { Links } = node
  const unixfs = decodeUnixFs(node)
  if (unixfs?.type === 'hamt') return Links.filter((link) => isSubShard(unixfs, link)).map(({ Hash }) => whole(Hash))
  if (unixfs?.type !== 'file' && unixfs?.type !== 'raw') return []
  const cids = Links.map(({ Hash }) => Hash)
  return span === undefined ? cids.map(whole) : withinSpan(unixfs, cids, span)
}

/** Bytes of content of an entity; undefined for one that is no row of bytes. */
export function entitySize(cid: CID, bytes: Uint8Array): number | undefined {
  if (cid.code !== DAG_PB) return cid.code === RAW ? bytes.byteLength : undefined
  const unixfs = decodeUnixFs(decodePbNode(cid, bytes))
  return unixfs?.type === 'file' || unixfs?.type === 'raw' ? unixfs.size : undefined
}

function whole(cid: CID): Visit {
  return { cid, span: undefined }
}

/** The children that hold some of the bytes. A node that does not say how much is in each is sent with all of them. */
function withinSpan({ ownBytes, blockSizes }: UnixFsNode, cids: readonly CID[], span: ByteSpan): readonly Visit[] {
  if (blockSizes.length !== cids.length) return cids.map(whole)
  const found: Visit[] = []
  let start = ownBytes
  for (const [index, cid] of cids.entries()) {
    const size = blockSizes[index] ?? 0
    const end = start + size - 1
    if (size > 0 && span.first <= end && span.last >= start) {
      const first = Math.max(0, span.first - start)
      const last = Math.min(size - 1, span.last - start)
      found.push(first === 0 && last === size - 1 ? whole(cid) : { cid, span: { first, last } })
    }
    start += size
  }
  return found
}
