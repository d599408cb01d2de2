import { code as DAG_PB, decode, encode } from '@ipld/dag-pb'
import type { WritableStorage } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../errors.ts'

export interface FolderCidsParts {
  readonly cidOf: (codec: number, bytes: Uint8Array) => CID
  readonly store: (cid: CID, bytes: Uint8Array) => Promise<void>
}

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
    const bytes = this.#stored.size === 0 ? block : this.#renamed(block)
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

  #renamed(block: Uint8Array): Uint8Array {
    const { Data, Links } = decode(block)
    const renamed = Links.map((link) => {
      const stored = this.find(link.Hash)
      return stored === undefined ? link : { ...link, Hash: stored.cid, Tsize: stored.size }
    })
    return encode({ Links: renamed, ...(Data === undefined ? {} : { Data }) })
  }
}

function sizeOf(bytes: Uint8Array): number {
  return bytes.byteLength + decode(bytes).Links.reduce((sum, { Tsize = 0 }) => sum + Tsize, 0)
}
