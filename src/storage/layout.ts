import type { CID } from 'multiformats/cid'
import { base32upper } from 'multiformats/bases/base32'
import * as Digest from 'multiformats/hashes/digest'
import type { MultihashDigest } from 'multiformats/hashes/interface'

/**
 * Where blocks lie: FlatFS as Kubo writes it. A block is `<KEY>.data`, KEY being its multihash in upper-case base32
 * without a multibase prefix, in the directory named by the two characters before KEY's last. For sha2-256 these two
 * are evenly spread over 1,024 names.
 */
export interface BlockPlace {
  readonly key: string
  readonly directory: string
  readonly file: string
}

/** The content of the file `SHARDING`, by which FlatFS knows the layout. */
export const SHARDING = '/repo/flatfs/shard/v1/next-to-last/2'
export const SHARDING_FILE = 'SHARDING'

/** Files being written; FlatFS passes over names that start with a dot. */
export const TEMPORARY_DIRECTORY = '.temp'
export const QUARANTINE_DIRECTORY = 'quarantine'
/** How the files in it are named, after the key. */
export const QUARANTINED = '.corrupt'

const EXTENSION = '.data'
const MAX_FILE_NAME_BYTES = 255

/** The place of a block, or undefined when its multihash is too long for a file name: no such block can be stored. */
export function placeOf(cid: CID): BlockPlace | undefined {
  const key = base32upper.baseEncode(cid.multihash.bytes)
  if (key.length + EXTENSION.length > MAX_FILE_NAME_BYTES) return undefined
  return { key, directory: shardOf(key), file: key + EXTENSION }
}

/** The multihash that a file is named for, or undefined when the file is no block. */
export function multihashOf(file: string): MultihashDigest | undefined {
  return multihashIn(file, EXTENSION)
}

/** The same for a file in quarantine. */
export function quarantinedIn(file: string): MultihashDigest | undefined {
  return multihashIn(file, QUARANTINED)
}

function multihashIn(file: string, extension: string): MultihashDigest | undefined {
  if (!file.endsWith(extension)) return undefined
  const key = file.slice(0, -extension.length)
  try {
    const multihash = Digest.decode(base32upper.baseDecode(key))
    // Only the canonical name counts: another spelling of it would never be found again.
    return base32upper.baseEncode(multihash.bytes) === key ? multihash : undefined
  } catch {
    return undefined
  }
}

/** Whether a name can be that of a directory of blocks. */
export function isShard(name: string): boolean {
  return /^[A-Z2-7_]{2}$/.test(name)
}

function shardOf(key: string): string {
  return key.padStart(3, '_').slice(-3, -1)
}
