import type { EventRecord } from '../../simulation/event-log.ts'

/** What is counted of messages, for each peer, as Testground's plans name it. `rcvd` counts what was sent to the peer. */
export const TRAFFIC_METRICS = [
  'msgs_sent',
  'msgs_rcvd',
  'wire_sent',
  'wire_rcvd',
  'want_blocks_sent',
  'want_blocks_rcvd',
  'want_haves_sent',
  'want_haves_rcvd',
  'cancels_sent',
  'cancels_rcvd',
  'haves_sent',
  'haves_rcvd',
  'dont_haves_sent',
  'dont_haves_rcvd',
  'blks_sent',
  'blks_rcvd',
  'block_data_sent',
  'block_data_rcvd'
] as const

export type TrafficMetric = (typeof TRAFFIC_METRICS)[number]

const WIDTH = TRAFFIC_METRICS.length
const [MESSAGES, WIRE, WANT_BLOCKS, WANT_HAVES, CANCELS, HAVES, DONT_HAVES, BLOCKS, DATA] = [
  0, 2, 4, 6, 8, 10, 12, 14, 16
]

/** Counts every message of a world by its kind. */
export class TrafficCounters {
  /** Bounded: a row of numbers for each peer. */
  readonly #counts: Float64Array

  constructor(peers: number) {
    this.#counts = new Float64Array(peers * WIDTH)
  }

  /** `from` and `to` are the numbers of the two peers. */
  add(from: number, to: number, record: EventRecord): void {
    this.#add(from, to, MESSAGES, 1)
    this.#add(from, to, WIRE, record.bytes)
    this.#add(from, to, WANT_BLOCKS, record.wantBlocks)
    this.#add(from, to, WANT_HAVES, record.wantHaves)
    this.#add(from, to, CANCELS, record.cancels)
    this.#add(from, to, HAVES, record.haves)
    this.#add(from, to, DONT_HAVES, record.dontHaves)
    this.#add(from, to, BLOCKS, record.blocks)
    this.#add(from, to, DATA, record.blockBytes)
  }

  get(peer: number, metric: TrafficMetric): number {
    return this.#counts[peer * WIDTH + TRAFFIC_METRICS.indexOf(metric)] ?? 0
  }

  /** Over all peers. */
  total(metric: TrafficMetric): number {
    let sum = 0
    for (let at = TRAFFIC_METRICS.indexOf(metric); at < this.#counts.length; at += WIDTH) sum += this.#counts[at] ?? 0
    return sum
  }

  #add(from: number, to: number, pair: number, count: number): void {
    if (count === 0) return
    const counts = this.#counts
    counts[from * WIDTH + pair] = (counts[from * WIDTH + pair] ?? 0) + count
    counts[to * WIDTH + pair + 1] = (counts[to * WIDTH + pair + 1] ?? 0) + count
  }
}
