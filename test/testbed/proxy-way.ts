import type { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { LinkQueue, type LinkShape } from './link-queue.ts'

/** What a proxy holds of one way of a link before it stops reading. */
const ROOM_BYTES = 512 * 1024

interface Chunk {
  readonly bytes: number
  readonly deliver: () => boolean
}

/** One way of a link between proxies: chunks of all its connections, in their order. */
export class ProxyWay {
  readonly #queue: LinkQueue<Chunk>
  #timer: NodeJS.Timeout | undefined
  /** Called once there is room. Bounded: the connections of the link. */
  readonly #waiting = new Set<() => void>()
  chunks = 0
  bytes = 0
  swallowed = 0

  constructor(shape: LinkShape, random: SeededRandom) {
    this.#queue = new LinkQueue(shape, { random, mode: 'stall', roomBytes: ROOM_BYTES })
  }

  get losses(): number {
    return this.#queue.losses
  }

  reshape(shape: LinkShape): void {
    this.#queue.reshape(shape, performance.now())
    this.#schedule()
  }

  /** `deliver` is called when the chunk arrives; it returns false when nobody takes it. */
  carry(bytes: number, deliver: () => boolean): void {
    this.#queue.offer({ bytes, deliver }, bytes, performance.now())
    this.#schedule()
  }

  /** True when there is room for another chunk; if not, `then` is called when there is. */
  hasRoom(then: () => void): boolean {
    if (!this.#queue.isFull) return true
    this.#waiting.add(then)
    return false
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#queue.clear()
  }

  #schedule(): void {
    const nextMs = this.#queue.nextMs()
    if (nextMs === undefined || this.#timer !== undefined) return
    const waitMs = Math.max(0, nextMs - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      for (const chunk of this.#queue.take(performance.now())) this.#deliver(chunk)
      if (!this.#queue.isFull) for (const then of [...this.#waiting]) this.#wake(then)
      this.#schedule()
    }, waitMs)
  }

  #deliver({ bytes, deliver }: Chunk): void {
    if (deliver()) {
      this.chunks++
      this.bytes += bytes
    } else {
      this.swallowed++
    }
  }

  #wake(then: () => void): void {
    this.#waiting.delete(then)
    then()
  }
}
