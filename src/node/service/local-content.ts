import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import { CID } from 'multiformats/cid'
import { PINNED_ADVICE } from '../../api/service/damage-advice.ts'
import type * as Service from '../../api/service/peer-service.ts'
import type { ReadOptions } from '../../api/service/read-options.ts'
import { closingAfter } from '../../closing-after.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { matches } from '../../hashing/verify-block.ts'
import type { AbortOptions, Blockstore, Hashers } from '../../ports.ts'
import { addFiles } from '../files/add-files.ts'
import { blockCid } from './block-cid.ts'
import { catFiles, closeFiles, type OpenFile } from '../files/cat-files.ts'
import { checkBlockSize } from './check-block-size.ts'
import type { ProvidedContent } from '../routing/content-providing.ts'
import { parseBlockPath, parseContentPath } from '../../content/content-path.ts'
import { UntoldPinsError, type PinnedBy } from '../../content/pinner.ts'
import { openSource, withSource } from '../files/content-source.ts'
import { DagReader, type BlockSource } from '../../content/dag-reader.ts'
import type { Keeping } from '../keeping/keeping.ts'
import { listLinks, openPath, treeSize, walkTree } from '../files/read-files.ts'
import { reasonOf } from '../repo/repo-error.ts'

export interface ContentParts {
  readonly blockstore: InterfaceBlockstore
  /** The same blocks, as the exchange sees them. */
  readonly blocks: Blockstore
  readonly hashers: Hashers
  /** Without it only what is in the store can be read. */
  readonly exchange: Exchange | undefined
  readonly keeping: Keeping
  /** Told what is stored, so that others can be told of it. */
  readonly provided?: ProvidedContent | undefined
}

/** Files and blocks: read from the store, or through the exchange; written to the store, and told to the exchange. */
export class LocalContent {
  readonly #parts: ContentParts

  constructor(parts: ContentParts) {
    this.#parts = parts
  }

  async *add(
    candidates: AsyncIterable<Service.AddCandidate>,
    options: Service.AddOptions = {}
  ): AsyncGenerator<Service.AddEvent> {
    const { exchange, provided, keeping, hashers } = this.#parts
    if (options.pinName !== undefined && options.pin === false) {
      throw new InvalidParametersError('pin-name option requires pin to be set')
    }
    const lease = keeping.blocks.lease()
    const target = {
      hashers,
      writeBlock: (cid: CID, bytes: Uint8Array, signal?: AbortOptions) => lease.put(cid, bytes, signal),
      notify: async (cids: readonly CID[]) => {
        await exchange?.notify(cids)
        await provided?.stored(cids)
      }
    }
    try {
      for await (const event of addFiles(
        options.onlyHash === true ? { ...target, ...NOWHERE } : target,
        candidates,
        options
      )) {
        if (event.type === 'added' && isRoot(event.path, options)) await this.#pinAdded(CID.parse(event.cid), options)
        yield event
      }
    } finally {
      lease.release()
    }
  }

  /** What was added is kept, unless it was said not to be. */
  async #pinAdded(cid: CID, { pin = true, pinName, onlyHash = false }: Service.AddOptions): Promise<void> {
    if (!pin || onlyHash) return
    await this.#parts.keeping.pinner.addStored(cid, pinName)
    await this.#parts.provided?.pinned(cid, true)
  }

  async cat(paths: string | readonly string[], options: Service.CatOptions = {}): Promise<Service.CatResult> {
    const files: OpenFile[] = []
    try {
      for (const path of typeof paths === 'string' ? [paths] : paths) {
        files.push(await this.#open('cat', path, options))
      }
    } catch (error) {
      closeFiles(files)
      throw error
    }
    return catFiles(files, options)
  }

  async get(path: string, options: ReadOptions = {}): Promise<Service.Tree> {
    const { reader, entry } = await this.#open('get', path, options)
    return closeAfter(reader, () => {
      reader.readAhead(entry.cid)
      const name = parseContentPath(path).names.at(-1) ?? entry.cid.toString()
      return { size: treeSize(entry), entries: closingAfter(walkTree(reader, entry, name), () => reader.close()) }
    })
  }

  async *ls(path: string, options: Service.ListOptions = {}): AsyncGenerator<Service.LinkInfo> {
    const { reader, entry } = await this.#open('ls', path, options)
    yield* listLinks(reader, entry, options.resolve)
  }

  async blockPut(bytes: Uint8Array, options: Service.BlockPutOptions = {}): Promise<Service.BlockInfo> {
    const { hashers, exchange, blocks, provided, keeping } = this.#parts
    checkBlockSize(bytes, options.allowBigBlock)
    await hashers.load()
    const cid = blockCid(hashers, bytes, options)
    const signal = { signal: options.signal }
    const lease = keeping.blocks.lease()
    try {
      await lease.touch(cid)
      await (exchange === undefined ? blocks.put(cid, bytes, signal) : exchange.put(cid, bytes, signal))
      await provided?.stored([cid])
      // Pinned with all that it links to, as Kubo pins.
      if (options.pin === true) await this.#pinBlock(cid, signal)
    } finally {
      lease.release()
    }
    return { cid: cid.toString(), size: bytes.byteLength }
  }

  async #pinBlock(cid: CID, options: ReadOptions): Promise<void> {
    await withSource(this.#parts, ['block put', cid.toString()], options, (source) =>
      this.#parts.keeping.pinner.add(cid, source, options)
    )
    await this.#parts.provided?.pinned(cid, true)
  }

  async blockGet(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const { signal } = options
    const get = (source: BlockSource) => source.get(parseBlockPath(path), { signal })
    return await withSource(this.#parts, ['block get', path], options, get)
  }

  async blockStat(path: string, options: ReadOptions = {}): Promise<Service.BlockInfo> {
    const cid = parseBlockPath(path)
    const known = await this.#parts.blocks.size(cid, { signal: options.signal })
    const fetched = { ...options, label: options.label ?? `block stat ${path}` }
    return { cid: cid.toString(), size: known ?? (await this.blockGet(path, fetched)).byteLength }
  }

  async *blockRemove(
    paths: readonly string[],
    options: AbortOptions & { force?: boolean } = {}
  ): AsyncGenerator<Service.RemoveResult> {
    for (const cid of paths.map(parseBlockPath)) {
      options.signal?.throwIfAborted()
      const error = await this.#remove(cid, options.force === true)
      yield { cid: cid.toString(), ...(error === undefined ? {} : { error }) }
    }
  }

  /** Number and size of the blocks: looks at each. */
  async usage(signal?: AbortSignal): Promise<{ blocks: number; bytes: number }> {
    let blocks = 0
    let bytes = 0
    for await (const { cid } of this.#parts.blockstore.getAll()) {
      signal?.throwIfAborted()
      blocks += 1
      bytes += (await this.#parts.blocks.size(cid)) ?? 0
    }
    return { blocks, bytes }
  }

  async #remove(cid: CID, force: boolean): Promise<string | undefined> {
    const { blocks, hashers, keeping } = this.#parts
    try {
      // A damaged one counts as absent for the store: it is here, and can go.
      const isHere = (await blocks.size(cid)) !== undefined || (await keeping.blocks.readUnchecked(cid)) !== undefined
      if (!isHere && (await keeping.damage.findMissed(cid)) === undefined) {
        return force ? undefined : `ipld: could not find ${cid.toString()}`
      }
      await hashers.load()
      const isDamaged = (bytes: Uint8Array): boolean => !matches(hashers, cid, bytes)
      const kept = whyKept(await keeping.pinner.removeBlock(cid, isDamaged))
      if (kept !== undefined) return kept
      // One that was damaged is given up, also when it had come back, by which it was not missed until now.
      const missed = await keeping.damage.findMissed(cid)
      await (missed === undefined ? keeping.damage.forget(cid) : missed.giveUp())
      return undefined
    } catch (error) {
      return error instanceof UntoldPinsError ? `${error.message}; ${PINNED_ADVICE}` : reasonOf(error)
    }
  }

  async #open(command: string, path: string, options: ReadOptions) {
    const parsed = parseContentPath(path)
    const reader = new DagReader(openSource(this.#parts, [command, path], options), options.signal)
    try {
      return { reader, entry: await openPath(reader, parsed) }
    } catch (error) {
      reader.close()
      throw error
    }
  }
}

/** Hashes files, and keeps nothing of them. */
const NOWHERE = { writeBlock: () => undefined, notify: () => Promise.resolve() }

/** In Kubo's words; undefined for a block that is gone. */
function whyKept(kept: PinnedBy | 'in use' | undefined): string | undefined {
  if (kept === undefined) return undefined
  if (kept === 'in use') return 'in use: it is being added or pinned just now'
  return kept.mode === 'indirect' ? `pinned via ${kept.via.toString()}` : `pinned: ${kept.mode}`
}

/** What is not inside of anything else that is added. */
function isRoot(path: string, options: Service.AddOptions = {}): boolean {
  return options.wrap === true ? path === '' : !path.includes('/')
}

/** Hands the reader over to what `make` returns; closes it when that fails. */
function closeAfter<T>(reader: DagReader, make: () => T): T {
  try {
    return make()
  } catch (error) {
    reader.close()
    throw error
  }
}
