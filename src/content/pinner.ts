import type { CID } from 'multiformats/cid'
import { BitswapError, InvalidParametersError, NotFoundError } from '../errors.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { AbortOptions } from '../ports.ts'
import type { KeptBlockstore } from '../storage/kept-blockstore.ts'
import { localSource } from './collector.ts'
import { walkDag, type WalkSource } from './dag-walk.ts'
import { KeySet } from './key-set.ts'
import type { Pin, PinStore } from './pin-store.ts'

/** A pin asked for is not there, or is another one. The texts are Kubo's. */
export class PinError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('PinError', 'ERR_PIN', message, options)
  }
}

/** Of a block below a pin it cannot be told what is below it, and so not what the pin keeps. */
export class UntoldPinsError extends BitswapError {
  constructor(cid: CID, cause: unknown) {
    const why = cause instanceof NotFoundError ? 'is damaged or missing' : `cannot be read: ${String(cause)}`
    super(
      'UntoldPinsError',
      'ERR_PIN_UNTOLD',
      `whether a pin keeps it cannot be told: block ${cid.toString()} ${why}`,
      {
        cause
      }
    )
  }
}

export interface PinOptions extends AbortOptions {
  /** True by default. */
  readonly recursive?: boolean
  /** Undefined: none, or for a pin that is there, the one it has. */
  readonly name?: string | undefined
  /** Told of each block once it is here. */
  readonly visited?: (bytes: number) => void
}

/** Why a block is kept: by a pin of its own, or by one of something above it. */
export interface PinnedBy {
  readonly mode: 'recursive' | 'direct' | 'indirect'
  readonly name: string
  /** The root of that pin. */
  readonly via: CID
}

export interface BadNode {
  readonly cid: CID
  readonly error: unknown
}

/** Longest name of a pin, in bytes; Kubo's. */
const MAX_NAME_BYTES = 255
/** Broken blocks told of, for each pin. */
const MAX_BAD = 64

/** Sets and looks at pins. A pin is told of once all that it keeps is here, and it is on the disk. */
export class Pinner {
  readonly #store: PinStore
  readonly #blocks: KeptBlockstore
  /** Changes one after the other. */
  #changes: Promise<unknown> = Promise.resolve()

  constructor(store: PinStore, blocks: KeptBlockstore) {
    this.#store = store
    this.#blocks = blocks
  }

  /** Pins what is below `cid` once all of it is here, fetched from `source` where it is not. */
  async add(cid: CID, source: WalkSource, options: PinOptions = {}): Promise<void> {
    const { recursive = true, name, signal } = options
    checkName(name)
    const lease = this.#blocks.lease()
    try {
      if (isRecursive(await this.#store.find(cid)) && !recursive) throw alreadyRecursive(cid)
      const enter = (one: CID): void | Promise<void> => lease.touch(one)
      if (recursive) {
        for await (const { bytes } of walkDag(source, cid, { signal, enter })) options.visited?.(bytes?.byteLength ?? 0)
      } else {
        await enter(cid)
        const { byteLength } = await source.get(cid, { signal })
        options.visited?.(byteLength)
      }
      signal?.throwIfAborted()
      await this.#record(cid, recursive, name)
    } finally {
      lease.release()
    }
  }

  /** For who stored all of it with a lease that is not released yet. */
  async addStored(cid: CID, name?: string): Promise<void> {
    checkName(name)
    await this.#record(cid, true, name)
  }

  async remove(cid: CID, recursive = true): Promise<void> {
    await this.#change(async () => {
      const known = await this.#store.find(cid)
      if (known === undefined) throw new PinError(`${cid.toString()} is not pinned or pinned indirectly`)
      if (isRecursive(known) && !recursive) throw new PinError(`${cid.toString()} is pinned recursively`)
      await this.#store.change({ remove: [cid] })
    })
  }

  /** Pins `to` in the place of `from`, in one step, under its name. */
  async update(
    from: CID,
    to: CID,
    source: WalkSource,
    options: AbortOptions & { unpin?: boolean } = {}
  ): Promise<void> {
    const old = await this.#store.get(from)
    if (old?.mode !== 'recursive') throw new PinError("'from' cid was not recursively pinned already")
    const lease = this.#blocks.lease()
    try {
      const enter = (one: CID): void | Promise<void> => lease.touch(one)
      await walked(walkDag(source, to, { signal: options.signal, enter }))
      await this.#change(async () => {
        const name = (await this.#store.get(from))?.name ?? old.name
        const remove = options.unpin === false || from.equals(to) ? [] : [from]
        await this.#store.change({ put: [{ cid: to, mode: 'recursive', name }], remove })
      })
    } finally {
      lease.release()
    }
  }

  /** Direct and recursive ones. */
  all(options?: AbortOptions): AsyncGenerator<Pin> {
    return this.#store.all(options)
  }

  /** Blocks below recursive pins that are no such pins themselves, each once. Rejects when one of them cannot be read. */
  async *indirect(options: AbortOptions = {}): AsyncGenerator<CID> {
    // Bounded: by the blocks that are pinned, all of which are here.
    const visited = new KeySet()
    const told = new KeySet()
    for await (const pin of this.#store.all(options)) told.add(cidKey(pin.cid))
    for await (const pin of this.#store.all(options)) {
      if (pin.mode !== 'recursive') continue
      const walk = { signal: options.signal, visited, skipLeaves: true }
      for await (const { cid } of walkDag(localSource(this.#blocks), pin.cid, walk)) {
        if (told.add(cidKey(cid))) yield cid
      }
    }
  }

  /** The block and all that is below it, each once, as far as it is here. */
  async *below(root: CID, { signal }: AbortOptions = {}): AsyncGenerator<CID> {
    const unreadable = (): void => undefined
    const walk = walkDag(localSource(this.#blocks), root, { signal, skipLeaves: true, unreadable })
    for await (const { cid } of walk) yield cid
  }

  /**
   * Why each of these blocks is kept; those that are not kept are not in the answer. Rejects with `UntoldPinsError` when
   * that cannot be told of one of them.
   */
  async find(cids: readonly CID[], options: AbortOptions = {}): Promise<ReadonlyMap<CidKey, PinnedBy>> {
    const { found, untold } = await this.#look(cids, options)
    if (untold !== undefined) throw untold
    return found
  }

  /** What is wrong below a recursive pin: nothing, or blocks that are not here or cannot be read. */
  async verify(root: CID, { signal }: AbortOptions = {}): Promise<readonly BadNode[]> {
    const bad: BadNode[] = []
    const unreadable = (cid: CID, error: unknown): void => {
      if (bad.length < MAX_BAD) bad.push({ cid, error })
    }
    await walked(walkDag(localSource(this.#blocks), root, { signal, unreadable }))
    return bad
  }

  /**
   * Removes a block that no pin keeps. Undefined when it is gone; else why it stays. Should pins change while they are
   * looked at, they are looked at again. Rejects with `UntoldPinsError` when it cannot be told whether a pin keeps it, unless
   * all that is here of it is damaged.
   */
  async removeBlock(
    cid: CID,
    isDamaged: (bytes: Uint8Array) => boolean = () => false
  ): Promise<PinnedBy | 'in use' | undefined> {
    for (;;) {
      const { version } = this.#store
      const { found, untold } = await this.#look([cid])
      const pinned = found.get(cidKey(cid))
      if (pinned !== undefined) return pinned
      if (this.#store.version !== version) continue
      if (untold !== undefined) {
        // A cache may have it whole, and somebody may be storing it: that is looked at while nobody can.
        const left = await this.#blocks.deleteDamaged(cid, isDamaged)
        if (left === 'in use') return left
        if (left === 'gone') return undefined
        throw untold
      }
      const gone = await this.#blocks.deleteUnused(cid, () => this.#store.version === version)
      if (gone) return undefined
      if (this.#blocks.isLeased(cid)) return 'in use'
    }
  }

  /** `untold`: they are not all found, and of a block that may be above the others it cannot be told what is below it. */
  async #look(
    cids: readonly CID[],
    options: AbortOptions = {}
  ): Promise<{ readonly found: ReadonlyMap<CidKey, PinnedBy>; readonly untold: UntoldPinsError | undefined }> {
    const wanted = new Set(cids.map(cidKey))
    const found = new Map<CidKey, PinnedBy>()
    for await (const { cid, mode, name } of this.#store.all(options)) {
      if (wanted.has(cidKey(cid))) found.set(cidKey(cid), { mode, name, via: cid })
    }
    const untold = found.size < wanted.size ? await this.#findBelow(wanted, found, options) : undefined
    return { found, untold: found.size < wanted.size ? untold : undefined }
  }

  /** The first block that cannot be read is told of. */
  async #findBelow(
    wanted: ReadonlySet<CidKey>,
    found: Map<CidKey, PinnedBy>,
    options: AbortOptions
  ): Promise<UntoldPinsError | undefined> {
    let untold: UntoldPinsError | undefined
    const visited = new KeySet()
    for await (const pin of this.#store.all(options)) {
      if (pin.mode !== 'recursive') continue
      const see = (cid: CID): void => {
        const key = cidKey(cid)
        if (wanted.has(key) && !found.has(key)) found.set(key, { mode: 'indirect', name: '', via: pin.cid })
      }
      const unreadable = (cid: CID, error: unknown): void => {
        see(cid)
        untold ??= new UntoldPinsError(cid, error)
      }
      const walk = { signal: options.signal, visited, skipLeaves: true, unreadable }
      for await (const { cid } of walkDag(localSource(this.#blocks), pin.cid, walk)) {
        see(cid)
        if (found.size === wanted.size) return undefined
      }
    }
    return untold
  }

  async #record(cid: CID, recursive: boolean, name: string | undefined): Promise<void> {
    await this.#change(async () => {
      const found = await this.#store.find(cid)
      if (isRecursive(found) && !recursive) throw alreadyRecursive(cid)
      const known = found === 'damaged' ? undefined : found
      const pin: Pin = { cid, mode: recursive ? 'recursive' : 'direct', name: name ?? known?.name ?? '' }
      if (known?.mode === pin.mode && known.name === pin.name) return
      await this.#store.change({ put: [pin] })
    })
  }

  #change<T>(run: () => Promise<T>): Promise<T> {
    const changed = this.#changes.then(run, run)
    this.#changes = changed.catch(() => undefined)
    return changed
  }
}

/** One whose record is damaged may be set anew in any mode, and removed: nothing else would mend it. */
function isRecursive(pin: Pin | 'damaged' | undefined): boolean {
  return typeof pin === 'object' && pin.mode === 'recursive'
}

function alreadyRecursive(cid: CID): PinError {
  return new PinError(`${cid.toString()} already pinned recursively`)
}

function checkName(name: string | undefined): void {
  if (name !== undefined && Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new InvalidParametersError(`pin name is ${Buffer.byteLength(name)} bytes (max ${MAX_NAME_BYTES})`)
  }
}

/** Goes the whole way. */
async function walked(walk: AsyncGenerator): Promise<void> {
  for (let next = await walk.next(); next.done !== true; next = await walk.next());
}
