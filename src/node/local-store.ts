import type { CID } from 'multiformats/cid'
import { errorText } from '../api/api-error.ts'
import type * as Content from '../api/content-service.ts'
import { StoreError, UnsupportedHashError } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { Hashers } from '../ports.ts'
import { matches } from '../hashing/verify-block.ts'
import type { RemovalWatch } from '../storage/kept-blockstore.ts'
import type { AutoCollector } from './auto-collector.ts'
import type { Keeping } from './keeping.ts'
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

type Found = Damage & { readonly cid: CID }

const HEAL_TIMEOUT_MS = 30_000
const DIFFERENT = 'block in storage has different hash than requested'
const APART = 'block was damaged and lies in quarantine'
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
    const { blocks } = this.#parts.keeping
    await this.#parts.hashers.load()
    const removals = blocks.watchRemovals()
    // Bounded: by what is damaged.
    const found = new Map<CidKey, Found>()
    let count = 0
    try {
      for await (const { cid } of blocks.getAll(options)) {
        options.signal?.throwIfAborted()
        const damage = await this.#damage(cid, removals, options)
        if (damage !== undefined) {
          found.set(cidKey(cid), { cid, ...damage })
          await this.#note(found)
          yield { type: 'damaged', cid: cid.toString(), ...damage }
        }
        yield { type: 'progress', blocks: ++count }
      }
      for await (const { cid, giveUp } of blocks.quarantined(options)) {
        const isTold = found.has(cidKey(cid))
        if (options.drop === true && options.heal !== true) await giveUp()
        if (isTold) continue
        yield {
          type: 'damaged',
          cid: cid.toString(),
          outcome: await this.#replace(cid, options),
          reason: APART
        }
      }
      await this.#note(found)
    } finally {
      removals.end()
    }
  }

  /** What is known to be damaged, without a look at every block: what a check left in its place, and what is in quarantine. */
  async *damaged(options: Signal = {}): AsyncGenerator<string> {
    const { blocks, damage } = this.#parts.keeping
    await this.#parts.hashers.load()
    const removals = blocks.watchRemovals()
    try {
      for (const cid of await damage.read()) {
        options.signal?.throwIfAborted()
        // What is not there was removed, or is in quarantine.
        const found = await this.#damage(cid, removals, {})
        if (found !== undefined && found.reason !== MISSING) yield cid.toString()
      }
    } finally {
      removals.end()
    }
    for await (const { cid } of blocks.quarantined(options)) yield cid.toString()
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
    const left = await this.#parts.keeping.blocks.deleteDamaged(cid, (bytes) => this.#isDamaged(cid, bytes))
    if (left === 'sound') return undefined
    if (left === 'in use') return { outcome: 'kept', reason: `${reason}, and is in use` }
    if (left === 'healed') return { outcome: 'healed', reason }
    return { outcome: await this.#replace(cid, options), reason }
  }

  /** What is to become of a block that is here no more. */
  async #replace(cid: CID, options: Content.VerifyOptions): Promise<'kept' | 'removed' | 'healed' | 'lost'> {
    if (options.heal === true) return await this.#fetch(cid, options)
    return options.drop === true ? 'removed' : 'kept'
  }

  /** Writes down what stays damaged in its place. */
  async #note(found: ReadonlyMap<CidKey, Found>): Promise<void> {
    const left = [...found.values()].filter(({ outcome }) => outcome === 'kept' || outcome === 'unreadable')
    await this.#parts.keeping.damage.write(left.map(({ cid }) => cid))
  }

  async #fetch(cid: CID, options: Content.VerifyOptions): Promise<'healed' | 'lost'> {
    const timeout = AbortSignal.timeout(options.healTimeoutMs ?? HEAL_TIMEOUT_MS)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    try {
      await this.#parts.exchange?.get(cid, { signal, label: 'repo verify' })
      return 'healed'
    } catch {
      options.signal?.throwIfAborted()
      return 'lost'
    }
  }
}
