import { Key, type Datastore } from 'interface-datastore'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { StoreError } from '../../errors.ts'
import { cidKey, type CidKey } from '../../ids.ts'
import type { AbortOptions } from '../../ports.ts'
import type { Missed, Quarantined } from '../../storage/direct-blockstore.ts'
import type { KeptBlockstore } from '../../storage/kept-blockstore.ts'
import { reasonOf } from '../repo/repo-error.ts'

export interface DamageBookParts {
  readonly datastore: Datastore
  readonly blocks: Pick<KeptBlockstore, 'quarantined' | 'findQuarantined' | 'sizeOf'>
  /** Told once when something cannot be written down. */
  readonly warn?: ((message: string) => void) | undefined
}

/** `kept`: it lies where it was. `lost`: it was removed, and nobody had it. */
export interface DamagedBlock {
  /** A raw CID: the codec is not written down. */
  readonly cid: CID
  readonly fate: 'kept' | 'lost'
}

/** A block that was damaged, is here no more, and was not given up. */
export interface MissedBlock extends Missed {
  readonly reason: string
}

/** One record for each block. */
const PREFIX = '/barter/damaged'
/** More than these are told of when they are found, and no longer known after that. */
const MAX_DAMAGED = 1_000
const APART = 'block was damaged and lies in quarantine'
const LOST = 'block was damaged and could not be healed'

/**
 * The blocks that checks found damaged, until one finds them sound or somebody gives them up: whoever asks how the repo is
 * doing need not read every block again. What cannot be written down is known until the process ends: a check goes on.
 */
export class DamageBook {
  readonly #parts: DamageBookParts
  /** Bounded: by MAX_DAMAGED, and by what is written down. */
  #entries: Promise<Map<CidKey, DamagedBlock>> | undefined
  /** What could not be written down, of what is known and of what was. Bounded: twice MAX_DAMAGED. */
  readonly #unwritten = new Map<CidKey, CID>()
  /** One change after the other: what is done last is what the disk has in the end. */
  #changes: Promise<unknown> = Promise.resolve()
  #hasWarned = false

  constructor(parts: DamageBookParts) {
    this.#parts = parts
  }

  /** Rejects with `StoreError` when it cannot be read. */
  async all(): Promise<readonly DamagedBlock[]> {
    return [...(await this.#load()).values()]
  }

  /** Nothing is written for what is written down already. False when it is not written down: there is no room, or no disk. */
  async note(cid: CID, fate: DamagedBlock['fate']): Promise<boolean> {
    return await this.#change(async (entries, datastore) => {
      const key = cidKey(cid)
      const known = entries.get(key)
      if (known === undefined && Math.max(entries.size, this.#unwritten.size) >= MAX_DAMAGED) return false
      if (known?.fate === fate && !this.#unwritten.has(key)) return true
      entries.set(key, { cid: CID.createV1(raw.code, cid.multihash), fate })
      await this.#write(cid, entries, datastore)
      return true
    })
  }

  /** It is sound, or nobody misses it. */
  async forget(cid: CID): Promise<void> {
    await this.#change(async (entries, datastore) => {
      if (entries.delete(cidKey(cid))) await this.#write(cid, entries, datastore)
      return true
    })
  }

  /** What could not be written down is now. */
  async writeDown(): Promise<void> {
    await this.#change(async (entries, datastore) => {
      for (const cid of this.#unwritten.values()) await this.#write(cid, entries, datastore)
      return true
    })
  }

  /** Those in quarantine, and those that could not be healed and came from nowhere since. */
  async *missed(options: AbortOptions = {}): AsyncGenerator<MissedBlock> {
    const { blocks } = this.#parts
    // Bounded: by what is in quarantine.
    const told = new Set<CidKey>()
    for await (const apart of blocks.quarantined(options)) {
      told.add(cidKey(apart.cid))
      yield this.#apart(apart)
    }
    for (const entry of await this.all()) {
      const lost = told.has(cidKey(entry.cid)) ? undefined : await this.#lost(entry, options)
      if (lost !== undefined) yield lost
    }
  }

  /** Undefined for a block that is not missed. As cheap for each block that is not here as for one of them. */
  async findMissed(cid: CID, options?: AbortOptions): Promise<MissedBlock | undefined> {
    const apart = await this.#parts.blocks.findQuarantined(cid, options)
    if (apart !== undefined) return this.#apart(apart)
    const entry = (await this.#load()).get(cidKey(cid))
    return entry && (await this.#lost(entry, options))
  }

  #apart({ cid, giveUp }: Quarantined): MissedBlock {
    const giveUpAll = async (): Promise<void> => {
      await giveUp()
      await this.forget(cid)
    }
    return { cid, reason: APART, giveUp: giveUpAll }
  }

  /** Undefined for one that is where it was, or has come again. */
  async #lost({ cid, fate }: DamagedBlock, options?: AbortOptions): Promise<MissedBlock | undefined> {
    if (fate !== 'lost' || (await this.#parts.blocks.sizeOf(cid, options)) !== undefined) return undefined
    return { cid, reason: LOST, giveUp: () => this.forget(cid) }
  }

  async #write(cid: CID, entries: ReadonlyMap<CidKey, DamagedBlock>, datastore: Datastore): Promise<void> {
    const key = cidKey(cid)
    this.#unwritten.set(key, cid)
    const known = entries.get(key)
    if (known === undefined) await datastore.delete(keyOf(cid))
    else await datastore.put(keyOf(cid), new TextEncoder().encode(known.fate))
    this.#unwritten.delete(key)
  }

  /** False when it failed. */
  #change(work: (entries: Map<CidKey, DamagedBlock>, datastore: Datastore) => Promise<boolean>): Promise<boolean> {
    const changed = this.#changes.then(async () => {
      try {
        return await work(await this.#load(), this.#parts.datastore)
      } catch (error) {
        if (!this.#hasWarned) this.#parts.warn?.(`what is damaged cannot be written down: ${reasonOf(error)}`)
        this.#hasWarned = true
        return false
      }
    })
    this.#changes = changed
    return changed
  }

  #load(): Promise<Map<CidKey, DamagedBlock>> {
    return (this.#entries ??= this.#read().catch((cause: unknown) => {
      this.#entries = undefined
      throw new StoreError('what was found damaged cannot be read', { cause })
    }))
  }

  /** What cannot be made out names none. */
  async #read(): Promise<Map<CidKey, DamagedBlock>> {
    const entries = new Map<CidKey, DamagedBlock>()
    for await (const { key, value } of this.#parts.datastore.query({ prefix: `${PREFIX}/` })) {
      const cid = parseCid(key.baseNamespace())
      const fate = new TextDecoder().decode(value) === 'lost' ? 'lost' : 'kept'
      if (cid !== undefined) entries.set(cidKey(cid), { cid, fate })
    }
    return entries
  }
}

function keyOf({ multihash }: CID): Key {
  return new Key(`${PREFIX}/${CID.createV1(raw.code, multihash).toString()}`)
}

function parseCid(name: string): CID | undefined {
  try {
    return CID.parse(name)
  } catch {
    return undefined
  }
}
