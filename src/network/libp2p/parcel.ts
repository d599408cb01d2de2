import type { Message } from '../../message/message.ts'

/** Bytes that a line of a wantlist, or a presence, is reckoned at while it waits. */
const ENTRY_WEIGHT = 64

/** A message on its way out, with the promise of its sender. */
export class Parcel {
  readonly message: Message
  /** Bytes it keeps in memory while it waits, roughly. */
  readonly weight: number
  /** Size of its frame, and where the frame ends in its stream; known once it is being written. */
  bytes = 0
  end = 0
  retried = false
  /** The sender has its answer, or gave up. */
  settled = false
  readonly #resolve: (bytes: number) => void
  readonly #reject: (reason: unknown) => void
  #unwatch: (() => void) | undefined

  constructor(message: Message, resolve: (bytes: number) => void, reject: (reason: unknown) => void) {
    this.message = message
    this.weight = weigh(message)
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Rejects with the signal's reason when it fires; `onAbort` takes the parcel out of the queue. */
  watch(signal: AbortSignal | undefined, onAbort: () => void): void {
    if (signal === undefined) return
    const listener = (): void => {
      onAbort()
      this.settled = true
      this.#reject(signal.reason)
    }
    signal.addEventListener('abort', listener, { once: true })
    this.#unwatch = () => signal.removeEventListener('abort', listener)
  }

  sent(): void {
    this.#unwatch?.()
    this.settled = true
    this.#resolve(this.bytes)
  }

  failed(reason: unknown): void {
    this.#unwatch?.()
    this.settled = true
    this.#reject(reason)
  }
}

function weigh(message: Message): number {
  let weight = (message.wants.length + message.cancels.length + message.presences.length) * ENTRY_WEIGHT
  for (const block of message.blocks) weight += block.bytes.byteLength + block.prefix.byteLength
  return weight
}
