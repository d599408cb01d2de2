/**
 * Block prefixes: what a block on the wire says of its CID. Four varints: CID version, codec, hash function, digest
 * length. The digest itself is left out, the receiver computes it.
 */
import type { CID } from 'multiformats/cid'
import { MAX_PREFIX_BYTES } from './limits.ts'
import { VarintReader, varintLength, writeVarint } from './varint.ts'

const DAG_PB = 0x70
const SHA2_256 = 0x12
const SHA2_256_BYTES = 32

/** A prefix, read. `code` names the hash function, `length` is that of the digest in bytes. */
export interface Prefix {
  readonly version: 0 | 1
  readonly codec: number
  readonly code: number
  readonly length: number
}

/** The prefix of every CID of version 0; also what a block of bitswap 1.0 means. */
export const CID_V0_PREFIX: Uint8Array = Uint8Array.of(0, DAG_PB, SHA2_256, SHA2_256_BYTES)

/** Combinations remembered: a file system in use has a handful. */
export const MAX_CACHED_PREFIXES = 256

/** Bounded: MAX_CACHED_PREFIXES; emptied when full, for a peer may ask for many kinds of CID. */
const cache = new Map<string, Uint8Array>()
let last: Prefix = { version: 0, codec: DAG_PB, code: SHA2_256, length: SHA2_256_BYTES }
let lastBytes: Uint8Array = CID_V0_PREFIX

/** The prefix of a CID. Shared between calls: not to be written to. */
export function cidPrefix(cid: CID): Uint8Array {
  const { version, code: codec } = cid
  const { code, size: length } = cid.multihash
  if (last.codec === codec && last.version === version && last.code === code && last.length === length) return lastBytes
  const prefix: Prefix = { version, codec, code, length }
  const key = `${version}/${codec}/${code}/${length}`
  let bytes = cache.get(key)
  if (bytes === undefined) {
    bytes = encodePrefix(prefix)
    if (cache.size >= MAX_CACHED_PREFIXES) cache.clear()
    cache.set(key, bytes)
  }
  last = prefix
  lastBytes = bytes
  return bytes
}

/** The bytes of a prefix, freshly made. */
export function encodePrefix(prefix: Prefix): Uint8Array {
  const values = [prefix.version, prefix.codec, prefix.code, prefix.length]
  const bytes = new Uint8Array(values.reduce((sum, value) => sum + varintLength(value), 0))
  let offset = 0
  for (const value of values) offset = writeVarint(bytes, offset, value)
  return bytes
}

/**
 * Reads a prefix from the wire. Undefined when it is longer than MAX_PREFIX_BYTES, is not exactly four minimal
 * varints, has another version than 0 or 1, or has version 0 with anything but dag-pb and sha2-256 of 32 bytes.
 */
export function parsePrefix(bytes: Uint8Array, start = 0, end = bytes.length): Prefix | undefined {
  if (end - start > MAX_PREFIX_BYTES) return undefined
  const reader = new VarintReader(bytes, start, end)
  const version = reader.next()
  const codec = reader.next()
  const code = reader.next()
  const length = reader.next()
  if (length < 0 || codec < 0 || code < 0 || reader.offset !== end) return undefined
  if (version === 1) return { version, codec, code, length }
  if (version !== 0 || codec !== DAG_PB || code !== SHA2_256 || length !== SHA2_256_BYTES) return undefined
  return { version, codec, code, length }
}
