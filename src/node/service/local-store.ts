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
import { inOrder } from '../../storage/in-order.ts'
import type { AutoCollector } from '../keeping/auto-collector.ts'
import type { DamagedBlock, MissedBlock } from '../keeping/damage-book.ts'
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

/** A damaged block that was removed, and is to be fetched. `isNoted`: it is missed though this process end. */
type Removed = { readonly outcome: 'to fetch'; readonly reason: string; readonly isNoted: boolean }

const HEAL_TIMEOUT_MS = 30_000
/** Blocks that are asked for side by side: most of the time of each is waiting. */
const HEALS_AT_ONCE = 16
/** Removed blocks that are fetched once all are looked at; more than these are fetched when they are found. */
const MAX_LATER = 1_000
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
    await this.#review(options)
    const removals = blocks.watchRemovals()
    const found = new KeySet()
    /** Bounded: MAX_LATER. */
    const later: { readonly cid: CID; readonly reason: string }[] = []
    const look = async ({ cid }: { readonly cid: CID }) => {
      options.signal?.throwIfAborted()
      const damage = await this.#damage(cid, removals, options)
      if (damage !== undefined) found.add(cidKey(cid))
      if (damage?.outcome === 'kept' || damage?.outcome === 'unreadable') await book.note(cid, 'kept')
      if (damage?.outcome !== 'to fetch') return damage && { cid: cid.toString(), ...damage }
      const { reason, isNoted } = damage
      // Side by side with the other damaged ones, however many sound ones lie between them.
      if (isNoted && later.length < MAX_LATER) {
        later.push({ cid, reason })
        return 'later'
      }
      return { cid: cid.toString(), outcome: await this.#fetch(cid, options), reason } as const
    }
    const atOnce = options.heal === true ? HEALS_AT_ONCE : 1
    let count = 0
    try {
      for await (const damaged of inOrder(blocks.getAll(options), atOnce, look)) {
        if (damaged === 'later') continue
        if (damaged !== undefined) yield { type: 'damaged', ...damaged }
        yield { type: 'progress', blocks: ++count }
      }
      for await (const damaged of inOrder(later, atOnce, (one) => this.#heal(one, options))) {
        yield { type: 'damaged', ...damaged }
        yield { type: 'progress', blocks: ++count }
      }
      const missed = (one: MissedBlock) => this.#settle(one, found, options)
      for await (const damaged of inOrder(book.missed(options), atOnce, missed)) {
        if (damaged === undefined) continue
        yield { type: 'damaged', ...damaged }
        yield { type: 'progress', blocks: ++count }
      }
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
  async #damage(
    cid: CID,
    removals: RemovalWatch,
    options: Content.VerifyOptions
  ): Promise<Damage | Removed | undefined> {
    try {
      const bytes = await this.#parts.keeping.blocks.readUnchecked(cid)
      // It was listed: another reader has found it damaged, or somebody took its file.
      if (bytes === undefined) return removals.has(cid) ? undefined : await this.#treat(cid, MISSING, options)
      return this.#isDamaged(cid, bytes) ? await this.#treat(cid, DIFFERENT, options) : undefined
    } catch (error) {
      if (!isUnreadable(error)) throw error
      return { outcome: 'unreadable', reason: error.message }
    }
  }

  #isDamaged(cid: CID, bytes: Uint8Array): boolean {
    return !matches(this.#parts.hashers, cid, bytes)
  }

  /** Undefined when it has been put anew meanwhile. */
  async #treat(cid: CID, reason: string, options: Content.VerifyOptions): Promise<Damage | Removed | undefined> {
    if (options.drop !== true && options.heal !== true) return { outcome: 'kept', reason }
    const { blocks, damage: book } = this.#parts.keeping
    // Missed from before it is removed: what comes then may take long, and be stopped at any moment.
    const isNoted = options.heal === true && (await book.note(cid, 'lost'))
    const left = await blocks.deleteDamaged(cid, (bytes) => this.#isDamaged(cid, bytes))
    if (left === 'in use') return { outcome: 'kept', reason: `${reason}, and is in use` }
    if (left === 'gone' && options.heal === true) return { outcome: 'to fetch', reason, isNoted }
    await book.forget(cid)
    if (left === 'sound') return undefined
    return { outcome: left === 'healed' ? 'healed' : 'removed', reason }
  }

  async #heal({ cid, reason }: { readonly cid: CID; readonly reason: string }, options: Content.VerifyOptions) {
    const { blocks, damage: book } = this.#parts.keeping
    // Somebody gave it up, or removed it, since it was found damaged.
    const isOver = (await blocks.sizeOf(cid)) === undefined && (await book.findMissed(cid)) === undefined
    return { cid: cid.toString(), outcome: isOver ? 'removed' : await this.#fetch(cid, options), reason } as const
  }

  /** What is to become of a block that is here no more. Undefined for one that was told of already. */
  async #settle({ cid, reason, giveUp }: MissedBlock, found: KeySet, options: Content.VerifyOptions) {
    const { heal = false, drop = false } = options
    if (drop && !heal) await giveUp()
    if (found.has(cidKey(cid))) return undefined
    const outcome = heal ? await this.#fetch(cid, options) : drop ? 'removed' : 'kept'
    return { cid: cid.toString(), outcome, reason } as const
  }

  /**
   * What is known is looked at first: what is sound by now, or was removed from its place, makes room for what is found, and
   * what could not be written down is now.
   */
  async #review({ signal }: Signal): Promise<void> {
    const book = this.#parts.keeping.damage
    // What cannot be read is told of in the end: there is all to look at before.
    const known = await book.all().catch(() => [])
    for (const { cid, fate } of known) {
      signal?.throwIfAborted()
      if (await this.#isOver(cid, fate)) await book.forget(cid)
    }
    await book.writeDown()
  }

  async #isOver(cid: CID, fate: DamagedBlock['fate']): Promise<boolean> {
    try {
      const bytes = await this.#parts.keeping.blocks.readUnchecked(cid)
      return bytes === undefined ? fate === 'kept' : !this.#isDamaged(cid, bytes)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      return false
    }
  }

  async #fetch(cid: CID, options: Content.VerifyOptions): Promise<'healed' | 'lost'> {
    const timeout = AbortSignal.timeout(options.healTimeoutMs ?? HEAL_TIMEOUT_MS)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    try {
      await this.#parts.exchange?.get(cid, { signal, label: 'repo verify' })
      await this.#parts.keeping.damage.forget(cid)
      return 'healed'
    } catch (error) {
      options.signal?.throwIfAborted()
      // It arrived, and this disk does not take it: nothing more is to be removed. It stays noted as lost.
      if (error instanceof StoreError) throw error
      return 'lost'
    }
  }
}

/** Whether it is damaged cannot be told. */
function isUnreadable(error: unknown): error is StoreError | UnsupportedHashError {
  return error instanceof StoreError || error instanceof UnsupportedHashError
}
