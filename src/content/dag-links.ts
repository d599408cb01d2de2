import { code as DAG_CBOR, decode as decodeCbor } from '@ipld/dag-cbor'
import { code as DAG_JSON, decode as decodeJson } from '@ipld/dag-json'
import { code as DAG_PB, decode as decodePb, type PBNode } from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { BitswapError } from '../errors.ts'
import { MAX_BLOCK_BYTES } from '../message/limits.ts'
import { cborLinks } from './cbor-links.ts'

export { DAG_CBOR, DAG_JSON, DAG_PB }

export const RAW = 0x55
export const CBOR = 0x51
export const JSON_CODE = 0x0200
/** The name of a peer. */
const LIBP2P_KEY = 0x72

const LEAVES: ReadonlySet<number> = new Set([RAW, CBOR, JSON_CODE, LIBP2P_KEY])

/** Levels of lists and maps in one block; deeper ones are somebody's joke. */
export const MAX_NESTING = 128

/** A link from one block to another. Only dag-pb names its links. */
export interface DagLink {
  readonly name: string
  readonly cid: CID
}

/** A block that is not what its codec says, or whose codec is not known here: what it links to cannot be told. */
export class DagError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('DagError', 'ERR_DAG', message, options)
  }
}

/** Blocks of this codec have no links. */
export function isLeaf(cid: CID): boolean {
  return LEAVES.has(cid.code)
}

/** What a block links to, in its order, the same link as often as it stands there. Throws `DagError`. */
export function linksOf(cid: CID, bytes: Uint8Array): readonly DagLink[] {
  if (isLeaf(cid)) return []
  if (bytes.byteLength > MAX_BLOCK_BYTES) throw new DagError(`${cid.toString()} has ${bytes.byteLength} bytes`)
  if (cid.code === DAG_PB) {
    return decodePbNode(cid, bytes).Links.map(({ Name = '', Hash }) => ({ name: Name, cid: Hash }))
  }
  const cids = cid.code === DAG_CBOR ? decoding(cid, () => cborLinks(bytes, MAX_NESTING)) : valueLinks(cid, bytes)
  return cids.map((link) => ({ name: '', cid: link }))
}

/** A node of dag-pb. Throws `DagError`. */
export function decodePbNode(cid: CID, bytes: Uint8Array): PBNode {
  return decoding(cid, () => decodePb(bytes))
}

/** What a block says, as data. Throws `DagError`. */
export function dataOf(cid: CID, bytes: Uint8Array): unknown {
  if (isLeaf(cid)) return bytes
  if (cid.code === DAG_PB) return decodePbNode(cid, bytes)
  if (cid.code === DAG_CBOR) return decoding(cid, () => decodeCbor<unknown>(bytes))
  if (cid.code === DAG_JSON) return decoding(cid, () => decodeJson<unknown>(bytes))
  throw new DagError(`no decoder registered for multicodec code ${cid.code} (0x${cid.code.toString(16)})`)
}

/** A codec may throw anything of a hostile block, a `RangeError` when it is nested too deeply for its recursion. */
function decoding<T>(cid: CID, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DagError(`${cid.toString()} cannot be decoded: ${reason}`, { cause })
  }
}

/** By a stack and not by recursion; children in their order. */
function valueLinks(cid: CID, bytes: Uint8Array): readonly CID[] {
  const found: CID[] = []
  // Bounded: by the values of one block.
  const stack: { value: unknown; depth: number }[] = [{ value: dataOf(cid, bytes), depth: 0 }]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { value, depth } = top
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) continue
    const link = CID.asCID(value)
    if (link !== null) {
      found.push(link)
      continue
    }
    if (depth >= MAX_NESTING) throw new DagError(`${cid.toString()} is nested more than ${MAX_NESTING} levels deep`)
    for (const child of Object.values(value).reverse()) stack.push({ value: child, depth: depth + 1 })
  }
  return found
}
