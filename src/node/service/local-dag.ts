import type { CID } from 'multiformats/cid'
import { errorText } from '../../api/api-error.ts'
import type * as Content from '../../api/service/content-service.ts'
import type { ReadOptions } from '../../api/service/read-options.ts'
import { closingAfter } from '../../closing-after.ts'
import { importCar } from '../../content/car-import.ts'
import { writeCar } from '../../content/car-writer.ts'
import { parseDataPath } from '../../content/content-path.ts'
import { dataOf } from '../../content/dag-links.ts'
import { walkDag, type WalkedBlock } from '../../content/dag-walk.ts'
import { KeySet } from '../../content/key-set.ts'
import { listRefs } from '../../content/refs.ts'
import { resolvePath } from '../../content/resolve-path.ts'
import { cidKey } from '../../ids.ts'
import { MAX_BLOCK_BYTES, PORTABLE_BLOCK_BYTES } from '../../message/limits.ts'
import type { Hashers } from '../../ports.ts'
import { blockCid } from './block-cid.ts'
import { checkBlockSize } from './check-block-size.ts'
import { openSource, withSource, type SourceParts } from '../files/content-source.ts'
import type { BlockSource } from '../../content/dag-reader.ts'
import { decodeAs, encodeAs } from './data-codecs.ts'
import type { Keeping } from '../keeping/keeping.ts'

export interface LocalDagParts extends SourceParts {
  readonly keeping: Keeping
  readonly hashers: Hashers
  /** Told of blocks that are stored, for those who wait for them. */
  readonly stored: (cids: readonly CID[]) => Promise<void>
  readonly pinned: (cid: CID, recursive: boolean) => Promise<void>
}

/** How much of a DAG was looked at since progress was told last. */
const TELL_EVERY = 1_024

/** DAGs, as data and as files that hold them. */
export class LocalDag implements Content.DagService {
  readonly #parts: LocalDagParts

  constructor(parts: LocalDagParts) {
    this.#parts = parts
  }

  async *importCars(
    cars: AsyncIterable<AsyncIterable<Uint8Array>>,
    options: Content.ImportOptions = {}
  ): AsyncGenerator<Content.ImportEvent> {
    const { hashers, keeping, stored } = this.#parts
    const { signal, pinRoots = true, allowBigBlocks = false } = options
    await hashers.load()
    const lease = keeping.blocks.lease()
    const roots = new Map<string, CID>()
    let blocks = 0
    let bytes = 0
    try {
      const maxBlockBytes = allowBigBlocks ? MAX_BLOCK_BYTES : PORTABLE_BLOCK_BYTES
      for await (const car of cars) {
        const done = await importCar(lease, hashers, car, { signal, maxBlockBytes, stored })
        for (const root of done.roots) roots.set(root.toString(), root)
        blocks += done.blocks
        bytes += done.bytes
      }
      if (pinRoots) {
        for (const [cid, root] of roots) yield { type: 'root', cid, pinError: await this.#pinRoot(root, options) }
      }
      yield { type: 'stats', blocks, bytes }
    } finally {
      lease.release()
    }
  }

  async exportCar(
    path: string,
    options: ReadOptions & { localOnly?: boolean } = {}
  ): Promise<AsyncIterable<Uint8Array>> {
    const { localOnly = false, signal } = options
    const source = openSource(this.#parts, ['dag export', path], localOnly ? { ...options, offline: true } : options)
    try {
      const { cid } = await resolvePath(source, parseDataPath(path), { signal })
      // A root that is not to be had is told before the first byte.
      await source.get(cid, { signal })
      const unreadable = localOnly ? { unreadable: () => undefined } : {}
      const blocks = withBytes(walkDag(source, cid, { signal, ...unreadable }))
      return closingAfter(writeCar([cid], blocks), () => source.close())
    } catch (error) {
      source.close()
      throw error
    }
  }

  async put(bytes: Uint8Array, options: Content.DagPutOptions = {}): Promise<string> {
    const { inputCodec = 'dag-json', storeCodec = 'dag-cbor', hash = 'sha2-256', pin = false, signal } = options
    const { keeping, hashers, stored, pinned } = this.#parts
    const encoded = encodeAs(storeCodec, decodeAs(inputCodec, bytes))
    checkBlockSize(encoded, options.allowBigBlock)
    await hashers.load()
    const cid = blockCid(hashers, encoded, { codec: storeCodec, hash })
    const lease = keeping.blocks.lease()
    try {
      await lease.put(cid, encoded, { signal })
      await stored([cid])
      if (pin) {
        const pinning = (source: BlockSource) => keeping.pinner.add(cid, source, { signal })
        await withSource(this.#parts, ['dag put', cid.toString()], { signal }, pinning)
        await pinned(cid, true)
      }
    } finally {
      lease.release()
    }
    return cid.toString()
  }

  async get(path: string, outputCodec: string, options: ReadOptions = {}): Promise<Uint8Array> {
    return await withSource(this.#parts, ['dag get', path], options, async (source) => {
      const { cid, rest, value } = await resolvePath(source, parseDataPath(path), options)
      if (rest.length > 0) return encodeAs(outputCodec, value)
      return encodeAs(outputCodec, dataOf(cid, await source.get(cid, { signal: options.signal })))
    })
  }

  async resolve(path: string, options: ReadOptions = {}): Promise<{ cid: string; rest: string }> {
    return await withSource(this.#parts, ['dag resolve', path], options, async (source) => {
      const { cid, rest } = await resolvePath(source, parseDataPath(path), options)
      return { cid: cid.toString(), rest: rest.map((name) => `/${name}`).join('') }
    })
  }

  async *stat(paths: readonly string[], options: ReadOptions = {}): AsyncGenerator<Content.DagStat> {
    const source = openSource(this.#parts, ['dag stat', ...paths], options)
    const count = new DagCount()
    try {
      for (const path of paths) {
        const { cid } = await resolvePath(source, parseDataPath(path), options)
        count.begin(cid)
        let since = 0
        for await (const block of walkDag(source, cid, { signal: options.signal })) {
          count.add(block)
          if (++since % TELL_EVERY === 0) yield count.stat()
        }
      }
      yield count.stat()
    } finally {
      source.close()
    }
  }

  async *refs(path: string, options: Content.RefsQuery = {}): AsyncGenerator<Content.RefInfo> {
    const source = openSource(this.#parts, ['refs', path], options)
    try {
      const { cid } = await resolvePath(source, parseDataPath(path), options)
      for await (const { from, to, name } of listRefs(source, cid, options)) {
        yield { from: from.toString(), to: to.toString(), name }
      }
    } finally {
      source.close()
    }
  }

  /** Empty when it is pinned. What the CARs did not bring is fetched, unless that is forbidden. */
  async #pinRoot(root: CID, { signal, offline }: Content.ImportOptions): Promise<string> {
    const options = { signal, ...(offline === undefined ? {} : { offline }) }
    const pinning = (source: BlockSource) => this.#parts.keeping.pinner.add(root, source, { signal })
    try {
      await withSource(this.#parts, ['dag import', root.toString()], options, pinning)
      await this.#parts.pinned(root, true)
      return ''
    } catch (error) {
      signal?.throwIfAborted()
      return errorText(error)
    }
  }
}

/** Blocks and bytes of several DAGs, which may share some. */
class DagCount {
  /** Bounded: one for each path that was asked about. */
  readonly #dags: { readonly cid: string; size: number; blocks: number }[] = []
  readonly #seen = new KeySet()
  #unique = 0

  begin(cid: CID): void {
    this.#dags.push({ cid: cid.toString(), size: 0, blocks: 0 })
  }

  add({ cid, bytes }: WalkedBlock): void {
    const size = bytes?.byteLength ?? 0
    const dag = this.#dags.at(-1)
    if (dag !== undefined) {
      dag.size += size
      dag.blocks += 1
    }
    if (this.#seen.add(cidKey(cid))) this.#unique += size
  }

  stat(): Content.DagStat {
    const all = this.#dags.reduce((sum, { size }) => sum + size, 0)
    return {
      uniqueBlocks: this.#seen.size,
      totalSize: this.#unique,
      sharedSize: all - this.#unique,
      ratio: this.#unique === 0 ? 0 : all / this.#unique,
      dags: this.#dags.map((dag) => ({ ...dag }))
    }
  }
}

async function* withBytes(blocks: AsyncIterable<WalkedBlock>): AsyncGenerator<{ cid: CID; bytes: Uint8Array }> {
  for await (const { cid, bytes } of blocks) if (bytes !== undefined) yield { cid, bytes }
}
