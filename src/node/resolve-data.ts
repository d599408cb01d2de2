import { exporter } from 'ipfs-unixfs-exporter'
import { CID } from 'multiformats/cid'
import { DAG_CBOR, DAG_JSON, DAG_PB, decodeData, decodePbNode, isLeaf, linksOf } from '../content/dag-links.ts'
import { InvalidParametersError } from '../errors.ts'
import type { AbortOptions } from '../ports.ts'
import { parseContentPath } from './content-path.ts'
import { DagReader, type BlockSource } from './dag-reader.ts'

/** Where a path leads: a block, and the names that are left, which lead to a value within it. */
export interface ResolvedData {
  readonly cid: CID
  readonly rest: readonly string[]
  /** The value within the block; undefined when the path names the block as a whole. */
  readonly value?: unknown
}

/** Blocks that one path may lead through. */
const MAX_STEPS = 1_024

/**
 * Follows a path from block to block: names of folders in files, keys and indices in data. `/ipld/<cid>/…` takes the nodes
 * of files as data, too. Reads no block when the path is a CID alone.
 */
export async function resolveData(
  source: BlockSource,
  path: string,
  options: AbortOptions = {}
): Promise<ResolvedData> {
  const asData = path.startsWith('/ipld/')
  const parsed = parseContentPath(asData ? path.slice('/ipld/'.length) : path)
  const names = [...parsed.names]
  let cid = parsed.cid
  for (let steps = 0; names.length > 0; steps++) {
    if (steps > MAX_STEPS) throw new InvalidParametersError(`"${path}" leads through more than ${MAX_STEPS} blocks`)
    if (cid.code === DAG_PB && !asData) {
      cid = await child(source, cid, names.shift() ?? '', options)
      continue
    }
    const within = walkValue(cid, await source.get(cid, options), names)
    if (within.next === undefined) return { cid, rest: names, value: within.value }
    cid = within.next
    names.splice(0, within.used)
  }
  return { cid, rest: [] }
}

/** The block under a name of a folder. */
async function child(source: BlockSource, cid: CID, name: string, options: AbortOptions): Promise<CID> {
  const link = linksOf(cid, await source.get(cid, options)).find((one) => one.name === name)
  if (link !== undefined) return link.cid
  const found = await inShards(source, cid, name, options)
  if (found === undefined)
    throw new InvalidParametersError(`no link named ${JSON.stringify(name)} under ${cid.toString()}`)
  return found
}

/** A large folder is spread over many blocks; anything else has only the links that were looked at. */
async function inShards(source: BlockSource, cid: CID, name: string, options: AbortOptions): Promise<CID | undefined> {
  const reader = new DagReader(source, options.signal)
  const entry = await exporter(cid, reader)
  if (entry.type !== 'directory') return undefined
  for await (const one of entry.entries()) if (one.name === name) return one.cid
  return undefined
}

interface Within {
  /** The block that was linked to, after so many names. */
  readonly next?: CID
  readonly used: number
  readonly value?: unknown
}

function walkValue(cid: CID, bytes: Uint8Array, names: readonly string[]): Within {
  let value = dataOf(cid, bytes)
  for (const [index, name] of names.entries()) {
    const inner = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    if (!inner || value instanceof Uint8Array)
      throw new InvalidParametersError(`key not found: ${JSON.stringify(name)}`)
    value = Reflect.get(value as object, name)
    const link = CID.asCID(value)
    if (link !== null) return { next: link, used: index + 1 }
  }
  return { value, used: names.length }
}

/** What a block says, as data. Throws `DagError` for codecs that are not known. */
export function dataOf(cid: CID, bytes: Uint8Array): unknown {
  if (cid.code === DAG_CBOR || cid.code === DAG_JSON) return decodeData(cid, bytes)
  if (cid.code === DAG_PB) return decodePbNode(cid, bytes)
  return isLeaf(cid) ? bytes : decodeData(cid, bytes)
}
