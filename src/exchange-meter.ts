import type { Message } from './message/message.ts'
import { Tally } from './tally.ts'

/** Sizes of blocks, in bytes, up to which Kubo and Boxo count; blocks of 256 KiB have a few bytes more. */
const BLOCK_BYTES = [64, 1_024, 16_384, 262_144, 262_159, 4_194_304]
/** Sizes of answers, as Boxo counts them. */
const ANSWER_BYTES = [1, 131_072, 262_144, 524_288, 1_048_576, 2_097_152, 4_190_208]
/** Seconds that messages of blocks take: Boxo's, and shorter ones. */
const SEND_SECONDS = [0.01, 0.1, 1, 10, 30, 60, 90, 120, 600]
const WANTLIST_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 240, 480, 960, 1_920]

/**
 * What passes through an exchange, counted from the moment this is handed to it: sizes, times, and the entries of messages.
 * Without one, the exchange looks at none of it.
 */
export class ExchangeMeter {
  /** Bytes of each block received, of each that had come before, and of each sent. */
  readonly received = new Tally(BLOCK_BYTES)
  readonly duplicates = new Tally(BLOCK_BYTES)
  readonly sent = new Tally(BLOCK_BYTES)
  /** Block bytes of each message that brought some. */
  readonly answers = new Tally(ANSWER_BYTES)
  /** Seconds until a message was handed over: one of blocks, from its first read, and one of wants. */
  readonly sendSeconds = new Tally(SEND_SECONDS)
  readonly wantlistSeconds = new Tally(WANTLIST_SECONDS)
  readonly #now: () => number
  wantlists = 0
  wantlistItems = 0
  /** Entries of wantlists that asked whether a block is there. */
  wantHaves = 0
  havesReceived = 0
  dontHavesReceived = 0
  /** Wantlists being handed over. */
  sending = 0

  /** `now` in milliseconds, on a clock that only goes forward. */
  constructor(now: () => number) {
    this.#now = now
  }

  messageReceived({ presences, blocks }: Message): void {
    for (const { have } of presences) {
      if (have) this.havesReceived++
      else this.dontHavesReceived++
    }
    if (blocks.length === 0) return
    let bytes = 0
    for (const block of blocks) bytes += block.bytes.byteLength
    this.answers.add(bytes)
  }

  /** A message is handed over; `sending` settles when it has been. */
  messageSent({ wants, cancels, full }: Message, sending: Promise<unknown>): void {
    if (wants.length === 0 && cancels.length === 0 && !full) return
    this.wantlists++
    this.wantlistItems += wants.length + cancels.length
    for (const { type } of wants) if (type === 'have') this.wantHaves++
    const startedAt = this.#now()
    this.sending++
    const done = (): void => {
      this.sending--
      this.wantlistSeconds.add((this.#now() - startedAt) / 1_000)
    }
    sending.then(done, done)
  }
}
