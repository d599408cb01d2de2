import type { PBLink } from '@ipld/dag-pb'
import { murmur364 } from '@multiformats/murmur3'
import { DagError } from './dag-links.ts'
import type { UnixFsNode } from './decode-unixfs.ts'

/** The one hash of HAMTs in use: murmur3-x64-64. */
const MURMUR3 = 0x22
/** Entries of one level at most, as in Kubo. */
const MAX_FANOUT = 1_024
const HASH_BITS = 64
const encoder = new TextEncoder()

/** By which HAMTs place the entry of a name. */
export async function hashOfName(name: string): Promise<bigint> {
  const hash = await murmur364.encode(encoder.encode(name))
  return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0)
}

/**
 * The link of one level of a HAMT where `name` is, or must be below: `level` counts from the root. Undefined when it is in
 * none. The hash has 64 bits, and so a HAMT is at most as deep as they last.
 */
export function hamtLink(
  node: UnixFsNode,
  links: readonly PBLink[],
  { name, hash }: { readonly name: string; readonly hash: bigint },
  level: number
): { readonly link: PBLink; readonly isEntry: boolean } | undefined {
  const bits = checkHamt(node)
  const shift = HASH_BITS - bits * (level + 1)
  if (shift < 0) throw new DagError('the directory is deeper than its hash allows')
  const index = Number((hash >> BigInt(shift)) & BigInt(node.fanout - 1))
  const prefix = prefixOf(node, index)
  const link = links.find((one) => one.Name === prefix || one.Name === prefix + name)
  return link === undefined ? undefined : { link, isEntry: link.Name !== prefix }
}

/** True for the link to a further level; entries have their name behind the prefix. */
export function isSubShard(node: UnixFsNode, { Name = '' }: PBLink): boolean {
  return Name.length === prefixLength(node)
}

/** Bits of the hash that one level takes. */
function checkHamt({ fanout, hashType }: UnixFsNode): number {
  const bits = Math.log2(fanout)
  if (hashType !== MURMUR3 || fanout < 2 || fanout > MAX_FANOUT || !Number.isInteger(bits)) {
    throw new DagError('the directory is sharded in a way that is not known here')
  }
  return bits
}

function prefixOf(node: UnixFsNode, index: number): string {
  return index.toString(16).toUpperCase().padStart(prefixLength(node), '0')
}

function prefixLength({ fanout }: UnixFsNode): number {
  return (fanout - 1).toString(16).length
}
