import type { ApiMeter } from '../../api/server/api-meter.ts'
import type { Snapshot } from '../../api/service/insight-snapshot.ts'
import type { Exchange } from '../../exchange.ts'
import type { ExchangeMeter } from '../../exchange-meter.ts'
import type { GatewayStat } from '../../gateway/gateway-stat.ts'
import type { StoreStats } from '../../storage/store-stats.ts'
import type { Tally } from '../../tally.ts'
import type { DhtCalls } from '../bandwidth/dht-calls.ts'
import type { IdentifyMeter } from './identify-meter.ts'

/** All that is read in one scrape. */
export interface Scrape {
  readonly snapshot: Snapshot
  readonly exchange: Exchange
  readonly meter: ExchangeMeter
  /** Connections: who dialled, and over what, such as `/ip4/tcp`. */
  readonly connections: readonly { readonly direction: 'inbound' | 'outbound'; readonly transport: string }[]
  /** Open streams, by who opened them. */
  readonly streams: { readonly inbound: number; readonly outbound: number }
  readonly stores: readonly StoreStats[]
  /** What peers say of themselves, and how much is said of this one. */
  readonly identify: { readonly meter: IdentifyMeter; readonly protocols: number; readonly addresses: number }
  /** Undefined for a node of libp2p that does not count. */
  readonly dht: DhtCalls | undefined
  /** What the API was asked; nothing, where there is none. */
  readonly api: ApiMeter
  readonly gateway: GatewayStat | undefined
  /** Seconds that the event loop was held up, over the time since the last scrape, by quantile. */
  readonly loopDelay: Readonly<Record<string, number>>
  readonly version: string
}

type Labels = Readonly<Record<string, string | number>>

export interface Sample {
  readonly value: number
  readonly labels?: Labels
  /** Of a histogram: the name with its ending. */
  readonly metricName?: string
}

/** One metric: its name, and how its values are read. */
export interface Series {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  read(scrape: Scrape): readonly Sample[]
}

export function gauge(name: string, help: string, read: (scrape: Scrape) => number | readonly Sample[]): Series {
  return { name, help, type: 'gauge', read: (scrape) => samples(read(scrape)) }
}

export function counter(name: string, help: string, read: (scrape: Scrape) => number | readonly Sample[]): Series {
  return { name, help, type: 'counter', read: (scrape) => samples(read(scrape)) }
}

export function histogram(
  name: string,
  help: string,
  read: (scrape: Scrape) => Tally | undefined,
  labels: Labels = {}
): Series {
  return { name, help, type: 'histogram', read: (scrape) => ofTally(name, read(scrape), labels) }
}

/** One sample for each value of one label. */
export function labelled(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }))
}

/** A series without a value has no sample. */
export function known(value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ value }]
}

function samples(read: number | readonly Sample[]): readonly Sample[] {
  return typeof read === 'number' ? [{ value: read }] : read
}

function ofTally(name: string, tally: Tally | undefined, labels: Labels): readonly Sample[] {
  if (tally === undefined) return []
  const { bounds, counts, sum } = tally
  let total = 0
  const buckets = [...bounds, Infinity].map((bound, place) => {
    total += counts[place] ?? 0
    const le = bound === Infinity ? '+Inf' : bound
    return { value: total, labels: { ...labels, le }, metricName: `${name}_bucket` }
  })
  return [
    ...buckets,
    { value: sum, labels, metricName: `${name}_sum` },
    { value: total, labels, metricName: `${name}_count` }
  ]
}
