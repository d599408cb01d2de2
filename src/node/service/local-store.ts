import type { CID } from 'multiformats/cid'
import { errorText } from '../../api/api-error.ts'
import type * as Content from '../../api/service/content-service.ts'
import { StoreError, UnsupportedHashError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { KeySet } from '../../content/key-set.ts'
import { cidKey } from '../../ids.ts'
import type { Hashers } from '../../ports.ts'
import { matches } from '../../hashing/verify-block.ts'
import { NotHealedError, type RemovalWatch } from '../../storage/kept-blockstore.ts'
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

type Damaged = Extract<Content.VerifyEvent, { type: 'damaged' }>
type Damage = Omit<Damaged, 'type' | 'cid'>

/** What became of one block. `passed`: it is told of elsewhere. */
type Checked = Damaged | 'sound' | 'passed'

const HEAL_TIMEOUT_MS = 30_000
/** Blocks that are asked for side by side: most of the time of each is waiting. */
const HEALS_AT_ONCE = 16
/** Damaged blocks that are healed once all are looked at; more than these are healed when they are found. */
const MAX_LATER = 1_000
const DIFFERENT = 'block in storage has different hash than requested'
const MISSING = 'block was in storage and is missing'
const UNTRACED = 'stays where it is, since what is damaged cannot be written down'

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
    await this.#parts.hashers.load()
    await this.#review(options)
    let blocks = 0
    for await (const checked of this.#check(options)) {
      if (checked === 'passed') continue
      if (checked !== 'sound') yield checked
      yield { type: 'progress', blocks: ++blocks }
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
        const found = await this.#damage(cid, removals)
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

  async *#check(options: Content.VerifyOptions): AsyncGenerator<Checked> {
    const { blocks, damage: book } = this.#parts.keeping
    const removals = blocks.watchRemovals()
    const found = new KeySet()
    /** Bounded: MAX_LATER. */
    const later: { readonly cid: CID; readonly damage: Damage }[] = []
    const look = async ({ cid }: { readonly cid: CID }): Promise<Checked> => {
      options.signal?.throwIfAborted()
      const damage = await this.#damage(cid, removals)
      if (damage === undefined) return 'sound'
      found.add(cidKey(cid))
      // Side by side with the other damaged ones, however many sound ones lie between them; left in its place until then.
      if (options.heal !== true || later.length >= MAX_LATER) return await this.#treat(cid, damage, options)
      await book.note(cid, 'kept')
      later.push({ cid, damage })
      return 'passed'
    }
    const heal = async ({ cid, damage }: { readonly cid: CID; readonly damage: Damage }): Promise<Checked> => {
      const isOver = removals.has(cid) && (await blocks.sizeOf(cid)) === undefined
      return isOver ? 'sound' : await this.#treat(cid, damage, options)
    }
    const atOnce = options.heal === true ? HEALS_AT_ONCE : 1
    try {
      yield* inOrder(blocks.getAll(options), atOnce, look)
      yield* inOrder(later, atOnce, heal)
      yield* inOrder(book.missed(options), atOnce, (missed) => this.#settle(missed, found, options))
    } finally {
      removals.end()
    }
  }

  /** Undefined for a block that is as it should be, or was removed by somebody meanwhile. */
  async #damage(cid: CID, removals: RemovalWatch): Promise<Damage | undefined> {
    try {
      const bytes = await this.#parts.keeping.blocks.readUnchecked(cid)
      // It was listed: another reader has found it damaged, or somebody took its file.
      if (bytes === undefined) return removals.has(cid) ? undefined : { outcome: 'kept', reason: MISSING }
      return this.#isDamaged(cid, bytes) ? { outcome: 'kept', reason: DIFFERENT } : undefined
    } catch (error) {
      return unreadable(error)
    }
  }

  #isDamaged(cid: CID, bytes: Uint8Array): boolean {
    return !matches(this.#parts.hashers, cid, bytes)
  }

  /** `sound` when it has been put anew meanwhile. What cannot be read is left alone. */
  async #treat(cid: CID, found: Damage, options: Content.VerifyOptions): Promise<Checked> {
    const { heal = false, drop = false } = options
    const book = this.#parts.keeping.damage
    const damage = found.outcome === 'kept' && (heal || drop) ? await this.#remove(cid, found, heal) : found
    if (damage === 'gone') return await this.#fetch(cid, found.reason, options)
    if (damage === 'sound' || damage.outcome === 'removed' || damage.outcome === 'healed') await book.forget(cid)
    else await book.note(cid, 'kept')
    return damage === 'sound' ? damage : { type: 'damaged', cid: cid.toString(), ...damage }
  }

  /** `gone`: it is to be fetched. */
  async #remove(cid: CID, { reason }: Damage, heal: boolean): Promise<Damage | 'gone' | 'sound'> {
    const { blocks, damage: book } = this.#parts.keeping
    // Missed from before it is removed: what comes then may take long, and be stopped at any moment.
    const mayVanish = !heal || (await book.note(cid, 'lost'))
    try {
      const left = await blocks.deleteDamaged(cid, (bytes) => this.#isDamaged(cid, bytes), { mayVanish })
      if (left === 'in use') return { outcome: 'kept', reason: `${reason}, and is in use` }
      if (left === 'untraced') return { outcome: 'kept', reason: `${reason}, and ${UNTRACED}` }
      if (left === 'sound' || (left === 'gone' && heal)) return left
      return { outcome: left === 'healed' ? 'healed' : 'removed', reason }
    } catch (error) {
      if (!(error instanceof NotHealedError)) return unreadable(error)
      // This disk does not take it: nothing more is to be removed. It is missed no more than before.
      if (reason !== MISSING) await book.note(cid, 'kept')
      throw error
    }
  }

  /** What is to become of a block that is here no more. */
  async #settle({ cid, reason, giveUp }: MissedBlock, found: KeySet, options: Content.VerifyOptions): Promise<Checked> {
    const { heal = false, drop = false } = options
    if (drop && !heal) await giveUp()
    if (found.has(cidKey(cid))) return 'passed'
    if (heal) return await this.#fetch(cid, reason, options)
    return { type: 'damaged', cid: cid.toString(), outcome: drop ? 'removed' : 'kept', reason }
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

  async #fetch(cid: CID, reason: string, options: Content.VerifyOptions): Promise<Damaged> {
    const { exchange, keeping } = this.#parts
    const timeout = AbortSignal.timeout(options.healTimeoutMs ?? HEAL_TIMEOUT_MS)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    const told = { type: 'damaged', cid: cid.toString(), reason } as const
    try {
      await exchange?.get(cid, { signal, label: 'repo verify' })
      await keeping.damage.forget(cid)
      return { ...told, outcome: 'healed' }
    } catch (error) {
      options.signal?.throwIfAborted()
      // It arrived, and this disk does not take it: nothing more is to be removed. It stays noted as lost.
      if (error instanceof StoreError) throw error
      return { ...told, outcome: 'lost', quarantine: (await keeping.blocks.findQuarantined(cid))?.file }
    }
  }
}

/** Whether it is damaged cannot be told. */
function unreadable(error: unknown): Damage {
  if (!isUnreadable(error)) throw error
  return { outcome: 'unreadable', reason: error.message }
}

function isUnreadable(error: unknown): error is StoreError | UnsupportedHashError {
  return error instanceof StoreError || error instanceof UnsupportedHashError
}
