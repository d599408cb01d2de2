import type { Random } from '../ports.ts'

/** Payload of a packet on an Ethernet path. */
const PACKET_BYTES = 1_460
/** RFC 6928: ten packets to begin with. */
const FIRST_WINDOW_BYTES = 10 * PACKET_BYTES

/**
 * What a young or unlucky TCP connection may send in one round trip; in closed form, message by message. The window doubles
 * with every round trip that used it, up to `maxBytes`; a loss costs a round trip and halves the window, which grows by a
 * packet in each round trip from then on.
 */
export class SlowStart {
  readonly #maxBytes: number
  readonly #lossRate: number
  readonly #random: Random
  #window = FIRST_WINDOW_BYTES
  #threshold = Infinity
  #roundEnds = 0
  #sentInRound = 0

  constructor(maxBytes: number, lossRate: number, random: Random) {
    this.#maxBytes = maxBytes
    this.#lossRate = lossRate
    this.#random = random
  }

  /** How long the last byte of a message that starts now has to wait for acknowledgements, in whole microseconds. */
  wait(nowMicros: number, bytes: number, roundTripMicros: number): number {
    if (nowMicros >= this.#roundEnds) this.#newRound(nowMicros + roundTripMicros)
    let at = nowMicros
    let left = bytes
    while (this.#window < this.#maxBytes && this.#sentInRound + left > this.#window) {
      // A loss may have made the window smaller than what was sent in the round: there is no room then, and no debt.
      left -= Math.max(0, this.#window - this.#sentInRound)
      this.#sentInRound = this.#window
      at = this.#roundEnds
      this.#newRound(at + roundTripMicros)
    }
    this.#sentInRound += left
    return at - nowMicros + (this.#isLost(bytes) ? roundTripMicros : 0)
  }

  #newRound(endsMicros: number): void {
    // A window that was hardly used says nothing of what the path can bear.
    if (this.#sentInRound * 2 >= this.#window) {
      const larger = this.#window < this.#threshold ? this.#window * 2 : this.#window + PACKET_BYTES
      this.#window = Math.min(larger, this.#maxBytes)
    }
    this.#sentInRound = 0
    this.#roundEnds = endsMicros
  }

  #isLost(bytes: number): boolean {
    if (this.#lossRate === 0) return false
    const packets = Math.ceil(bytes / PACKET_BYTES)
    if (this.#random.next() >= Math.min(1, this.#lossRate * packets)) return false
    this.#window = Math.max(Math.floor(this.#window / 2), FIRST_WINDOW_BYTES)
    this.#threshold = this.#window
    return true
  }
}
