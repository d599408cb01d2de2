import type { CID } from 'multiformats/cid'
import { errorText } from '../api/api-error.ts'
import type * as Content from '../api/content-service.ts'
import { StoreError } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Hashers } from '../ports.ts'
import { checkBlock } from '../hashing/verify-block.ts'
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

const HEAL_TIMEOUT_MS = 30_000
const DIFFERENT = 'block in storage has different hash than requested'

/** The blocks of this peer as a whole: removing what nobody keeps, checking all. */
export class LocalStore implements Content.StoreService {
  readonly #parts: LocalStoreParts

  constructor(parts: LocalStoreParts) {
    this.#parts = parts
  }

  async *collect(options: Signal = {}): AsyncGenerator<Content.CollectedEvent> {
    for await (const event of this.#parts.keeping.collector.collect(options)) {
      if (event.type === 'removed') yield { type: 'removed', cid: event.cid.toString() }
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
    let count = 0
    for await (const { cid } of blocks.getAll(options)) {
      options.signal?.throwIfAborted()
      const reason = await this.#whyDamaged(cid)
      if (reason !== undefined) {
        yield { type: 'damaged', cid: cid.toString(), outcome: await this.#treat(cid, options), reason }
      }
      yield { type: 'progress', blocks: ++count }
    }
  }

  async *blocks(options: Signal = {}): AsyncGenerator<string> {
    for await (const { cid } of this.#parts.keeping.blocks.getAll(options)) {
      options.signal?.throwIfAborted()
      yield cid.toString()
    }
  }

  /** Undefined for a block that is as it should be, or was removed by somebody meanwhile. */
  async #whyDamaged(cid: CID): Promise<string | undefined> {
    const { keeping, hashers } = this.#parts
    const { removed } = keeping.blocks
    try {
      const bytes = await keeping.blocks.readBlock(cid)
      // The store takes away what is damaged as it is read: it was listed a moment ago.
      if (bytes === undefined) return keeping.blocks.removed === removed ? DIFFERENT : undefined
      return checkBlock(hashers, cid, bytes) === 'mismatch' ? DIFFERENT : undefined
    } catch (error) {
      if (error instanceof StoreError) return error.message
      throw error
    }
  }

  async #treat(cid: CID, options: Content.VerifyOptions) {
    if (options.drop !== true && options.heal !== true) return 'kept'
    const { keeping, exchange } = this.#parts
    await keeping.blocks.delete(cid)
    if (options.heal !== true || exchange === undefined) return 'removed'
    const timeout = AbortSignal.timeout(options.healTimeoutMs ?? HEAL_TIMEOUT_MS)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    try {
      await exchange.get(cid, { signal, label: 'repo verify' })
      return 'healed'
    } catch {
      options.signal?.throwIfAborted()
      return 'lost'
    }
  }
}
