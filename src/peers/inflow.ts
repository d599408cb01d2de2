import type { PeerId } from '../ids.ts'
import type { WireBlock } from '../message/message.ts'
import type { Clock, Timer } from '../ports.ts'

/** How fast blocks may come in, from all peers and from each. Times are those of the clock, in milliseconds. */
export interface DownloadRate {
  readonly isLimited: boolean
  /** Bytes in a second, 0 for no limit. */
  readonly rates: { readonly total: number; readonly perPeer: number }
  readyAt(now: number): number
  peerReadyAt(peer: PeerId, now: number): number
  take(peer: PeerId, bytes: number, now: number): void
  forget(peer: PeerId): void
}

export interface InflowParts {
  readonly rate: DownloadRate
  readonly clock: Clock
  /** While a peer is not read, its silence is ours. The returned function says that it is read again. */
  readonly unread: (peer: PeerId) => () => void
}

/** A peer that is not read for now. */
interface Pause {
  readonly peer: PeerId
  readonly end: () => void
  timer: Timer | undefined
}

/** What is asked of all peers together is at most what comes in within so long, in milliseconds, at the limit. */
const WINDOW_MS = 1_000
/** Taken for the size of a block before one was seen: most large files are cut so. */
const USUAL_BLOCK_BYTES = 256 * 1024
/** One block on its way while another is paid for. */
const MIN_WINDOW = 2

/**
 * Keeps what comes in to its limits: a peer whose message went beyond them is not read until they allow more, which the
 * transport turns into back-pressure; and no more is asked for than will come in soon, for what is asked for is under way.
 */
export class Inflow {
  readonly #parts: InflowParts
  /** Bounded: messages that are being read, one or a few for each connected peer. */
  readonly #pauses = new Set<Pause>()

  constructor(parts: InflowParts) {
    this.#parts = parts
  }

  /** Blocks came in. Resolves when the peer may be read on; undefined: at once. */
  came(peer: PeerId, blocks: readonly WireBlock[]): Promise<void> | undefined {
    const { rate, clock } = this.#parts
    if (!rate.isLimited) return undefined
    const now = clock.now()
    let bytes = 0
    for (const block of blocks) bytes += block.bytes.byteLength
    rate.take(peer, bytes, now)
    const at = Math.max(rate.readyAt(now), rate.peerReadyAt(peer, now))
    return at > now ? this.#pause(peer, at - now) : undefined
  }

  /** Blocks of this size that may be asked of one of so many peers at a time, as far as the limits go. */
  window(blockBytes: number, peers: number): number {
    const { isLimited, rates } = this.#parts.rate
    if (!isLimited) return Infinity
    const share = rates.total > 0 ? rates.total / Math.max(peers, 1) : Infinity
    const perSecond = Math.min(share, rates.perPeer > 0 ? rates.perPeer : Infinity)
    const blocks = (perSecond * WINDOW_MS) / 1_000 / (blockBytes > 0 ? blockBytes : USUAL_BLOCK_BYTES)
    return Math.max(Math.floor(blocks), MIN_WINDOW)
  }

  disconnected(peer: PeerId): void {
    for (const pause of [...this.#pauses]) if (pause.peer === peer) pause.end()
    this.#parts.rate.forget(peer)
  }

  /** The limits are others now, or there is an end to all of it: everybody is read on. */
  resume(): void {
    for (const pause of [...this.#pauses]) pause.end()
  }

  #pause(peer: PeerId, forMs: number): Promise<void> {
    const read = this.#parts.unread(peer)
    return new Promise((resolve) => {
      const end = (): void => {
        pause.timer?.cancel()
        this.#pauses.delete(pause)
        read()
        resolve()
      }
      const pause: Pause = { peer, end, timer: undefined }
      this.#pauses.add(pause)
      pause.timer = this.#parts.clock.setTimer(forMs, end)
    })
  }
}
