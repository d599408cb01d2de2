import type { CID } from 'multiformats/cid'
import type { WantType } from '../../message/message.ts'
import type { Clock, Timer } from '../../ports.ts'
import type { HttpPort, HttpReply } from './http-port.ts'

export interface BlockRequestInit {
  readonly port: HttpPort
  readonly clock: Clock
  readonly origin: string
  readonly mayBePrivate: boolean
  readonly maxBytes: number
  /** Longest pause before the answer and within it. */
  readonly stallMs: number
  /** A part of a body that is long on its way is here; at most four times a second. */
  readonly receiving: (bytes: number, totalBytes: number, ms: number) => void
}

/** Time between two reports of one body. */
const REPORT_MS = 250

/** The path of a block, by which every trustless gateway knows it. */
export function blockPath(cid: CID | string): string {
  return `/ipfs/${cid.toString()}?format=raw`
}

/** One question about one block, with its own patience. */
export class BlockRequest {
  readonly type: WantType
  readonly startedAt: number
  readonly #init: BlockRequestInit
  readonly #abort = new AbortController()
  #progressAt: number
  #reportedAt: number
  #bytes = 0
  #isCancelled = false
  #isOver = false
  #timer: Timer

  constructor(type: WantType, init: BlockRequestInit) {
    this.type = type
    this.#init = init
    this.startedAt = init.clock.now()
    this.#progressAt = this.startedAt
    this.#reportedAt = this.startedAt
    this.#timer = this.#watch(init.stallMs)
  }

  /** A part of the body is here: it is better taken to its end than to pay for another connection. */
  get hasBody(): boolean {
    return this.#bytes > 0
  }

  /** Nobody waits for it any more: that it failed says nothing of the host. */
  get isCancelled(): boolean {
    return this.#isCancelled
  }

  /** Will it answer a want of this type that is told only now? Whether a block is there says nothing of its bytes. */
  answers(type: WantType): boolean {
    return !this.#isCancelled && !this.#isOver && (this.type === 'block' || type === 'have')
  }

  async run(cid: CID | string): Promise<HttpReply> {
    const { port, origin, mayBePrivate, maxBytes } = this.#init
    try {
      return await port.request({
        method: this.type === 'block' ? 'GET' : 'HEAD',
        origin,
        path: blockPath(cid),
        maxBytes,
        mayBePrivate,
        signal: this.#abort.signal,
        onBytes: (received, total) => this.#came(received, total)
      })
    } finally {
      this.#isOver = true
      this.#timer.cancel()
    }
  }

  cancel(reason: Error): void {
    this.#isCancelled = true
    this.#abort.abort(reason)
  }

  #came(received: number, total: number): void {
    const { clock, receiving } = this.#init
    const now = clock.now()
    this.#bytes = received
    this.#progressAt = now
    if (now - this.#reportedAt < REPORT_MS || received === 0) return
    this.#reportedAt = now
    receiving(received, Math.max(received, total), now - this.startedAt)
  }

  #watch(delayMs: number): Timer {
    return this.#init.clock.setTimer(delayMs, () => {
      const { clock, stallMs } = this.#init
      const leftMs = this.#progressAt + stallMs - clock.now()
      if (leftMs > 0) this.#timer = this.#watch(leftMs)
      else this.#abort.abort(new Error(`nothing came for ${stallMs} ms`))
    })
  }
}
