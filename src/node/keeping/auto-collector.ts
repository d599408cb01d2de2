import { parseBytes } from '../../api/formats/byte-size.ts'
import type { AutomaticCollection } from '../../api/service/content-service.ts'
import type { Clock, Logger, Timer } from '../../ports.ts'
import type { KeptBlockstore } from '../../storage/kept-blockstore.ts'
import type { StorageConfig } from '../config/storage-section.ts'
import type { Keeping } from './keeping.ts'
import { systemClock } from '../system-clock.ts'

export interface AutoCollectorParts {
  readonly keeping: Pick<Keeping, 'blocks' | 'collector'>
  /** Number of bytes stored. */
  readonly measure: (signal: AbortSignal) => Promise<number>
  readonly clock: Clock
  readonly logger?: Logger | undefined
}

export interface AutoCollectorOptions {
  /** Bytes that may be stored; a collection begins at `watermark` percent of them. */
  readonly storageMax: number
  readonly watermark: number
  readonly periodMs: number
}

/**
 * Removes what nobody keeps when more is stored than was allowed. Looks once in a period; what is stored is measured at the
 * first look, and again when so much was put since that the limit may be reached.
 */
export class AutoCollector {
  readonly #parts: AutoCollectorParts
  readonly #options: AutoCollectorOptions
  readonly #abort = new AbortController()
  #measured: { readonly bytes: number; readonly putBefore: number } | undefined
  #timer: Timer | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(parts: AutoCollectorParts, options: AutoCollectorOptions) {
    this.#parts = parts
    this.#options = options
  }

  start(): void {
    this.#timer = this.#parts.clock.setTimer(this.#options.periodMs, () => {
      this.#running = this.#look().finally(() => {
        if (!this.#abort.signal.aborted) this.start()
      })
    })
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('this peer stops'))
    this.#timer?.cancel()
    await this.#running
  }

  status(): AutomaticCollection {
    const { periodMs } = this.#options
    return { enabled: true, limitBytes: this.#limit, storedBytes: this.#estimate(), periodMs }
  }

  get #limit(): number {
    return Math.floor((this.#options.storageMax * this.#options.watermark) / 100)
  }

  /** Never less than what is stored, but for what others put into the directory. */
  #estimate(): number | undefined {
    if (this.#measured === undefined) return undefined
    return this.#measured.bytes + this.#parts.keeping.blocks.bytesPut - this.#measured.putBefore
  }

  /** Failures are told, and tried again in the next period. */
  async #look(): Promise<void> {
    const { signal } = this.#abort
    try {
      if ((this.#estimate() ?? Infinity) <= this.#limit) return
      if ((await this.#measure()) <= this.#limit) return
      const events = this.#parts.keeping.collector.collect({ signal })
      for (let next = await events.next(); next.done !== true; next = await events.next());
      await this.#measure()
    } catch (error) {
      if (!signal.aborted) this.#parts.logger?.warn('blocks that nobody keeps could not be removed', { error })
    }
  }

  async #measure(): Promise<number> {
    const putBefore = this.#parts.keeping.blocks.bytesPut
    const bytes = await this.#parts.measure(this.#abort.signal)
    this.#measured = { bytes, putBefore }
    return bytes
  }
}

/** Starts one as the config says; undefined where nothing is too much. */
export function startAutoCollector(
  keeping: Keeping,
  storage: StorageConfig | undefined,
  logger?: Logger
): AutoCollector | undefined {
  const storageMax = storage === undefined ? undefined : parseBytes(storage.storageMax)
  if (storage === undefined || storageMax === undefined || storageMax === 0) return undefined
  const measure = (signal: AbortSignal): Promise<number> => storedBytes(keeping.blocks, signal)
  const options = { storageMax, watermark: storage.gcWatermark, periodMs: storage.gcPeriodMs }
  const automatic = new AutoCollector({ keeping, measure, clock: systemClock, logger }, options)
  automatic.start()
  return automatic
}

async function storedBytes(blocks: KeptBlockstore, signal: AbortSignal): Promise<number> {
  let bytes = 0
  for await (const { cid } of blocks.getAll({ signal })) {
    signal.throwIfAborted()
    bytes += (await blocks.sizeOf(cid)) ?? 0
  }
  return bytes
}
