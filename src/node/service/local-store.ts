import type { CID } from 'multiformats/cid'
import { errorText } from '../../api/api-error.ts'
import type * as Content from '../../api/service/content-service.ts'
import { StoreError, UnsupportedHashError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { KeySet } from '../../content/key-set.ts'
import { cidKey } from '../../ids.ts'
import type { Hashers } from '../../ports.ts'
import { matches } from '../../hashing/verify-block.ts'
import type { RemovalWatch } from '../../storage/kept-blockstore.ts'
import type { AutoCollector } from '../keeping/auto-collector.ts'
import type { Keeping } from '../keeping/keeping.ts'
import { OfflineError } from './offline-error.ts'

export interface LocalStoreParts {
  readonly keeping: Keeping
  readonly hashers: Hashers
  readonly exchange: Exchange | undefined
  /** Undefined where nothing is removed without being asked to. */
  readonly automatic: AutoCollector | undefined
}

type Signal = { readonly signal?: AbortSignal | undefined }

type Damage = Pick<Extract<Content.VerifyEvent, { type: 'damaged' }>, 'outcome' | 'reason'>

const HEAL_TIMEOUT_MS = 30_000
const DIFFERENT = 'block in storage has different hash than requested'
const MISSING = 'block was in storage and is missing'

/** The blocks of this peer as a whole: removing what nobody keeps, checking all. */
export class LocalStore implements Content.StoreService {
  readonly #parts: LocalStoreParts

  constructor(parts: LocalStoreParts) {
    this.#parts = parts
  }

  async *collect(options: Signal = {}): AsyncGenerator<Content.CollectedEvent> {
    for await (const event of this.#parts.keeping.collector.collect(options)) {
      if (event.type === 'removed') yield { type: 'removed', cid: event.cid.toString() }
      else if (event.type === 'untold') yield event
      else
        yield {
          type: 'failed',
          error: `could not retrieve links for ${event.cid.toString()}: ${errorText(event.error)}`
        }
    }
  }

  gcStatus(): Content.GcStatus {
    const { keeping, automatic } = this.#parts
    const off = { enabled: false, limitBytes: undefined, storedBytes: undefined, periodMs: 0 }
    return { ...keeping.collector.status(), automatic: automatic?.status() ?? off }
  }

  async *verify(options: Content.VerifyOptions = {}): AsyncGenerator<Content.VerifyEvent> {
    if (options.heal === true && this.#parts.exchange === undefined) throw new OfflineError()
    const { blocks, damage: book } = this.#parts.keeping
    await this.#parts.hashers.load()
    const removals = blocks.watchRemovals()
    const found = new KeySet()
    let count = 0
    try {
      for await (const { cid } of blocks.getAll(options)) {
        options.signal?.throwIfAborted()
        const damage = await this.#damage(cid, removals, options)
        if (damage !== undefined) {
          found.add(cidKey(cid))
          if (damage.outcome === 'kept' || damage.outcome === 'unreadable') await book.note(cid, 'kept')
          yield { type: 'damaged', cid: cid.toString(), ...damage }
        }
        yield { type: 'progress', blocks: ++count }
      }
      for await (const { cid, reason, giveUp } of book.missed(options)) {
        if (options.drop === true && options.heal !== true) await giveUp()
        if (found.has(cidKey(cid))) continue
        yield { type: 'damaged', cid: cid.toString(), outcome: await this.#replace(cid, options), reason }
      }
      await this.#forgetOthers(found)
    } finally {
      removals.end()
    }
  }

  /** What is known to be damaged, without a look at every block: what a check left in its place, and what is missed. */
  async *damaged(options: Signal = {}): AsyncGenerator<string> {
    const { blocks, damage: book } = this.#parts.keeping
    await this.#parts.hashers.load()
    const removals = blocks.watchRemovals()
    try {
      for (const { cid, fate } of await book.all()) {
        options.signal?.throwIfAborted()
        if (fate === 'lost') continue
        // What is not there was removed, or is in quarantine.
        const found = await this.#damage(cid, removals, {})
        if (found !== undefined && found.reason !== MISSING) yield cid.toString()
      }
    } finally {
      removals.end()
    }
    for await (const { cid } of book.missed(options)) yield cid.toString()
  }

  async *blocks(options: Signal = {}): AsyncGenerator<string> {
    for await (const { cid } of this.#parts.keeping.blocks.getAll(options)) {
      options.signal?.throwIfAborted()
      yield cid.toString()
    }
  }

  /** Undefined for a block that is as it should be, or was removed by somebody meanwhile. What cannot be read is left alone. */
  async #damage(cid: CID, removals: RemovalWatch, options: Content.VerifyOptions): Promise<Damage | undefined> {
    try {
      const bytes = await this.#parts.keeping.blocks.readUnchecked(cid)
      // It was listed: another reader has found it damaged, or somebody took its file.
      if (bytes === undefined) return removals.has(cid) ? undefined : await this.#treat(cid, MISSING, options)
      return this.#isDamaged(cid, bytes) ? await this.#treat(cid, DIFFERENT, options) : undefined
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof UnsupportedHashError)) throw error
      return { outcome: 'unreadable', reason: error.message }
    }
  }

  #isDamaged(cid: CID, bytes: Uint8Array): boolean {
    return !matches(this.#parts.hashers, cid, bytes)
  }

  /** Undefined when it has been put anew meanwhile. */
  async #treat(cid: CID, reason: string, options: Content.VerifyOptions): Promise<Damage | undefined> {
    if (options.drop !== true && options.heal !== true) return { outcome: 'kept', reason }
    const { blocks, damage: book } = this.#parts.keeping
    const left = await blocks.deleteDamaged(cid, (bytes) => this.#isDamaged(cid, bytes))
    if (left === 'in use') return { outcome: 'kept', reason: `${reason}, and is in use` }
    await book.forget(cid)
    if (left === 'sound') return undefined
    if (left === 'healed') return { outcome: 'healed', reason }
    return { outcome: await this.#replace(cid, options), reason }
  }

  /** What is to become of a block that is here no more. */
  async #replace(cid: CID, options: Content.VerifyOptions): Promise<'kept' | 'removed' | 'healed' | 'lost'> {
    if (options.heal === true) return await this.#fetch(cid, options)
    return options.drop === true ? 'removed' : 'kept'
  }

  /** All was looked at: what was damaged in its place, and was not found so again, is sound or gone. */
  async #forgetOthers(found: KeySet): Promise<void> {
    const book = this.#parts.keeping.damage
    for (const { cid, fate } of await book.all()) {
      if (fate === 'kept' && !found.has(cidKey(cid))) await book.forget(cid)
    }
  }

  /** Missed from before it is asked for: it may take long, and be stopped. */
  async #fetch(cid: CID, options: Content.VerifyOptions): Promise<'healed' | 'lost'> {
    const timeout = AbortSignal.timeout(options.healTimeoutMs ?? HEAL_TIMEOUT_MS)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    const book = this.#parts.keeping.damage
    await book.note(cid, 'lost')
    try {
      await this.#parts.exchange?.get(cid, { signal, label: 'repo verify' })
      await book.forget(cid)
      return 'healed'
    } catch {
      options.signal?.throwIfAborted()
      return 'lost'
    }
  }
}
