import { CID } from 'multiformats/cid'
import { DAG_CBOR, DAG_JSON, DAG_PB, decodeData, decodePbNode } from '../content/dag-links.ts'
import { GatewayError } from './gateway-error.ts'
import { hamtLink } from './hamt.ts'
import { decodeUnixFs } from './unixfs.ts'

export interface Blocks {
  read(cid: CID): Promise<Uint8Array>
}

export interface ResolvedPath {
  /** Blocks on the way, from the root to the one before the end. Bounded: names of the path, times levels of a HAMT. */
  readonly way: readonly CID[]
  /** The CID behind each name, that of the root first. */
  readonly roots: readonly CID[]
  readonly terminus: CID
}

/** Follows the names from a CID through directories, sharded or not, and the links of DAG-CBOR and DAG-JSON. */
export async function resolvePath(blocks: Blocks, root: CID, segments: readonly string[]): Promise<ResolvedPath> {
  const way: CID[] = []
  const roots = [root]
  let cid = root
  for (let at = 0; at < segments.length;) {
    const step = await follow(blocks, way, cid, segments.slice(at))
    cid = step.cid
    at += step.names
    roots.push(cid)
  }
  return { way, roots, terminus: cid }
}

interface Step {
  readonly cid: CID
  /** Names that led there. */
  readonly names: number
}

async function follow(blocks: Blocks, way: CID[], cid: CID, names: readonly string[]): Promise<Step> {
  const bytes = await blocks.read(cid)
  way.push(cid)
  if (cid.code === DAG_PB) return { cid: await child(blocks, way, cid, bytes, names[0] ?? ''), names: 1 }
  if (cid.code === DAG_CBOR || cid.code === DAG_JSON) return descend(cid, decodeData(cid, bytes), names)
  throw noLink(cid, names[0] ?? '')
}

/** The entry of a directory, or the link of a plain node. */
async function child(blocks: Blocks, way: CID[], dir: CID, bytes: Uint8Array, name: string): Promise<CID> {
  let node = decodePbNode(dir, bytes)
  for (let level = 0; ; level++) {
    const unixfs = node.Data === undefined ? undefined : decodeUnixFs(node.Data)
    if (unixfs?.type !== 'hamt') {
      // Links of a file have no names, and an empty one is never asked for.
      const link = node.Links.find(({ Name }) => Name === name)
      if (link === undefined || level > 0) throw noLink(dir, name)
      return link.Hash
    }
    const found = hamtLink(unixfs, node.Links, name, level)
    if (found === undefined) throw noLink(dir, name)
    if (found.isEntry) return found.link.Hash
    const shard = found.link.Hash
    node = decodePbNode(shard, await blocks.read(shard))
    way.push(shard)
  }
}

/** Follows names inside of one block until they meet a link. */
function descend(cid: CID, block: unknown, names: readonly string[]): Step {
  let value = block
  for (const [index, name] of names.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) throw noLink(cid, name)
    value = (value as Readonly<Record<string, unknown>>)[name]
    const link = CID.asCID(value)
    if (link !== null) return { cid: link, names: index + 1 }
  }
  throw new GatewayError(
    501,
    `"${names.join('/')}" under ${cid.toString()} is a part of a block, which is not served alone`
  )
}

function noLink(cid: CID, name: string): GatewayError {
  return new GatewayError(404, `no link named ${JSON.stringify(name)} under ${cid.toString()}`)
}
