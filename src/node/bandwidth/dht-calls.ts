import type { CounterGroup, MetricGroup } from '@libp2p/interface'
import { Tally } from '../../tally.ts'

/** By the type of message. */
export type CallCounts = ReadonlyMap<string, number>

/** Types of messages with counts of their own: the DHT has six. */
const MAX_TYPES = 16
/** Milliseconds that an answer takes, as Kubo counts them, less finely. */
const LATENCY_MS = [0.1, 1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000]

/** Names that the DHT asks for, those of the internet and of the own network alike, and what is counted under them. */
const COUNTED = /_(inbound|outbound)_rpc_(requests|errors)_total$/u
const TIMED = /_inbound_rpc_time_seconds$/u

const ignore = (): void => undefined

/** Messages of the DHT: asked of others, and asked by them. Fed by what the DHT reports as metrics of libp2p. */
export class DhtCalls {
  readonly #now: () => number
  /** By direction and kind. Bounded: four, each by MAX_TYPES. */
  readonly #counts = new Map<string, Map<string, number>>()
  /** How long it took to answer. */
  readonly inboundMs = new Tally(LATENCY_MS)

  /** `now` in milliseconds, on a clock that only goes forward. */
  constructor(now: () => number) {
    this.#now = now
  }

  counts(direction: 'inbound' | 'outbound', kind: 'requests' | 'errors'): CallCounts {
    return this.#of(`${direction} ${kind}`)
  }

  /** The group that libp2p counts in, by its name; undefined for what nobody looks at. */
  counterGroup(name: string): CounterGroup | undefined {
    const [, direction, kind] = COUNTED.exec(name) ?? []
    if (direction === undefined || kind === undefined) return undefined
    const counts = this.#of(`${direction} ${kind}`)
    const increment: CounterGroup['increment'] = (values) => {
      for (const [type, by] of Object.entries(values)) {
        if (counts.has(type) || counts.size < MAX_TYPES)
          counts.set(type, (counts.get(type) ?? 0) + (by === true ? 1 : Number(by)))
      }
    }
    return { increment, reset: ignore }
  }

  metricGroup(name: string): MetricGroup | undefined {
    if (!TIMED.test(name)) return undefined
    const timer = (): (() => void) => {
      const startedAt = this.#now()
      return () => this.inboundMs.add(this.#now() - startedAt)
    }
    return { timer, update: ignore, increment: ignore, decrement: ignore, reset: ignore }
  }

  #of(name: string): Map<string, number> {
    const counts = this.#counts.get(name) ?? new Map<string, number>()
    this.#counts.set(name, counts)
    return counts
  }
}
