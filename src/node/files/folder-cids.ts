import { code as DAG_PB, decode, encode } from '@ipld/dag-pb'
import type { WritableStorage } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { FIELD } from '../../content/unixfs-fields.ts'
import { varintBytes } from '../../content/varint-bytes.ts'
import { assert, InvalidParametersError } from '../../errors.ts'
import { ProtoReader, VARINT } from '../../message/proto-reader.ts'

export interface FolderCidsParts {
  readonly cidOf: (codec: number, bytes: Uint8Array) => CID
  readonly store: (cid: CID, bytes: Uint8Array) => Promise<void>
  /** Whether folders may come with permissions; see `folderMode`. */
  readonly keepsModes: boolean
}

/**
 * What the library is to be given for the permissions of a folder. It leaves 0755 out, as though there were none, and so
 * gets 0 in its place, which `FolderCids` writes as 0755.
 */
export function folderMode(mode: number | undefined): number | undefined {
  return mode === DROPPED_MODE ? 0 : mode
}

const DROPPED_MODE = 0o755

export interface StoredNode {
  readonly cid: CID
  /** Bytes of the node and of all below it. */
  readonly size: number
}

/**
 * Stores folders and symbolic links under the CIDs that were asked for. The library that makes them hashes with sha2-256
 * and nothing else, and goes on to name them so: each is made anew from what its children are really called.
 */
export class FolderCids implements WritableStorage {
  readonly #parts: FolderCidsParts
  /** By the library's name. Bounded: by the folders, their shards and the links of one add, which the library holds, too. */
  readonly #stored = new Map<string, StoredNode>()

  constructor(parts: FolderCidsParts) {
    this.#parts = parts
  }

  async put(cid: CID, block: Parameters<WritableStorage['put']>[1]): Promise<CID> {
    if (!(block instanceof Uint8Array)) throw new InvalidParametersError('the importer stores whole blocks')
    const bytes = this.#remade(block)
    const own = this.#parts.cidOf(DAG_PB, bytes)
    const name = cid.toString()
    if (own.toString() !== name) this.#stored.set(name, { cid: own, size: sizeOf(bytes) })
    await this.#parts.store(own, bytes)
    return cid
  }

  /** What is stored where the library speaks of this; undefined where both mean the same. */
  find(cid: CID): StoredNode | undefined {
    return this.#stored.get(cid.toString())
  }

  #remade(block: Uint8Array): Uint8Array {
    const { keepsModes } = this.#parts
    if (this.#stored.size === 0 && !keepsModes) return block
    const { Data, Links } = decode(block)
    const renamed = Links.map((link) => {
      const stored = this.find(link.Hash)
      return stored === undefined ? link : { ...link, Hash: stored.cid, Tsize: stored.size }
    })
    if (Data === undefined) return encode({ Links: renamed })
    return encode({ Links: renamed, Data: keepsModes ? withMode(Data) : Data })
  }
}

/** The same, with the permissions that `folderMode` took away. */
function withMode(data: Uint8Array): Uint8Array {
  const reader = new ProtoReader(data)
  while (reader.offset < reader.end) {
    const tag = reader.readTag()
    const start = reader.offset
    assert(reader.skip(tag), 'the importer writes whole fields')
    const isMode = tag === ((FIELD.mode << 3) | VARINT)
    if (isMode && data[start] === 0) {
      return Buffer.concat([data.subarray(0, start), varintBytes(DROPPED_MODE), data.subarray(reader.offset)])
    }
  }
  return data
}

function sizeOf(bytes: Uint8Array): number {
  return bytes.byteLength + decode(bytes).Links.reduce((sum, { Tsize = 0 }) => sum + Tsize, 0)
}
