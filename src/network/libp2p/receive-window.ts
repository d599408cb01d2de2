import type { Stream } from '@libp2p/interface'

/**
 * What a peer that was not asked for blocks may have on its way on one stream, once the 256 KiB that every stream begins
 * with are used up. It has wants to tell: at a round trip of 100 ms this lets 14,000 of them through a second.
 */
export const NARROW_WINDOW_BYTES = 64 * 1024

/** The two fields of a stream of yamux that say how much the other end may send ahead of us. */
interface YamuxWindow {
  recvWindow: number
  maxStreamWindowSize: number
}

/**
 * Bytes that a peer may send ahead of us on one stream. Yamux lets them grow with everyone, up to 4 MiB; all of that still
 * comes after a stream is paused, and a hundred strangers may bring it in one turn of the event loop, before anybody has
 * counted it. So they grow with those who were asked for blocks, and shrink with all others. Streams of other multiplexers
 * are left as they are.
 */
export class ReceiveWindow {
  readonly #stream: YamuxWindow | undefined
  readonly #wide: YamuxWindow

  constructor(stream: Stream) {
    this.#stream = hasWindow(stream) ? stream : undefined
    const { recvWindow, maxStreamWindowSize } = this.#stream ?? { recvWindow: 0, maxStreamWindowSize: 0 }
    this.#wide = { recvWindow, maxStreamWindowSize }
  }

  /** What is allowed already is not taken back: it is used up first. */
  narrow(): void {
    this.#set({ recvWindow: NARROW_WINDOW_BYTES, maxStreamWindowSize: NARROW_WINDOW_BYTES })
  }

  /** From what it was in the beginning it may grow again. */
  widen(): void {
    const { recvWindow, maxStreamWindowSize } = this.#wide
    this.#set({ recvWindow: Math.max(recvWindow, this.#stream?.recvWindow ?? 0), maxStreamWindowSize })
  }

  #set({ recvWindow, maxStreamWindowSize }: YamuxWindow): void {
    if (this.#stream === undefined) return
    this.#stream.recvWindow = recvWindow
    this.#stream.maxStreamWindowSize = maxStreamWindowSize
  }
}

function hasWindow(stream: object): stream is YamuxWindow {
  return (
    'recvWindow' in stream &&
    typeof stream.recvWindow === 'number' &&
    'maxStreamWindowSize' in stream &&
    typeof stream.maxStreamWindowSize === 'number'
  )
}
