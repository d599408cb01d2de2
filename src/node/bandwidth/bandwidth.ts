import type { BandwidthInfo } from '../../api/service/network-service.ts'
import { dropOldest } from '../../drop-oldest.ts'
import { DhtCalls } from './dht-calls.ts'
import { FlowMeter } from './flow-meter.ts'

/** Both ways of one peer, one protocol, or all. */
export class Flow {
  readonly in = new FlowMeter()
  readonly out = new FlowMeter()

  tick(elapsedMs: number): void {
    this.in.tick(elapsedMs)
    this.out.tick(elapsedMs)
  }

  info(): BandwidthInfo {
    const { in: received, out: sent } = this
    return { totalIn: received.total, totalOut: sent.total, rateIn: received.rate, rateOut: sent.rate }
  }
}

/** Peers and protocols that have figures of their own. Those that were used last are kept. */
const MAX_PEERS = 2_048
const MAX_PROTOCOLS = 128
const TICK_MS = 1_000

const NOTHING: BandwidthInfo = { totalIn: 0, totalOut: 0, rateIn: 0, rateOut: 0 }

/** What this peer sends and receives, by peer as bytes on the wire, by protocol as bytes of its streams. */
export class Bandwidth {
  /** Bounded: by MAX_PEERS, the one that connected longest ago goes first. */
  readonly #peers = new Map<string, Flow>()
  /** Bounded: by MAX_PROTOCOLS, likewise. */
  readonly #protocols = new Map<string, Flow>()
  readonly all = new Flow()
  /** Messages of the DHT. */
  readonly dht: DhtCalls
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #last = 0

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.dht = new DhtCalls(now)
  }

  start(): void {
    this.#last = this.#now()
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Brings rates up to date. */
  tick(): void {
    const elapsedMs = this.#now() - this.#last
    this.#last += elapsedMs
    for (const flow of [this.all, ...this.#peers.values(), ...this.#protocols.values()]) flow.tick(elapsedMs)
  }

  peer(peer: string): Flow {
    return use(this.#peers, peer, MAX_PEERS)
  }

  protocol(protocol: string): Flow {
    return use(this.#protocols, protocol, MAX_PROTOCOLS)
  }

  /** Nothing is known of one that was never dealt with. */
  ofPeer(peer: string): BandwidthInfo {
    return this.#peers.get(peer)?.info() ?? NOTHING
  }

  ofProtocol(protocol: string): BandwidthInfo {
    return this.#protocols.get(protocol)?.info() ?? NOTHING
  }
}

function use(flows: Map<string, Flow>, name: string, max: number): Flow {
  const flow = flows.get(name) ?? new Flow()
  flows.delete(name)
  flows.set(name, flow)
  dropOldest(flows, max)
  return flow
}
