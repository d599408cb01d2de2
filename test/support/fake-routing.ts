import type {
  FindProvidersOptions,
  FoundPeer,
  ProvideOptions,
  ProvideStat,
  RoutingEvent,
  RoutingService
} from '../../src/api/service/routing-service.ts'
import { NotFoundError } from '../../src/errors.ts'

export const FOUND: FoundPeer = {
  id: '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z',
  addresses: ['/ip4/192.0.2.7/tcp/4001']
}

export const PROVIDE_STAT: ProvideStat = {
  strategy: 'roots',
  info: {
    state: 'paused',
    resumesInMs: 1_500,
    lastError: 'nobody is there',
    queued: 3,
    maxQueued: 100,
    active: 1,
    workers: 4,
    intervalMs: 79_200_000,
    cycle: {
      startedAt: 1_577_836_800_000,
      finishedAt: 1_577_836_860_000,
      done: 7,
      lastKeys: 7,
      lastDurationMs: 60_000,
      nextAt: 1_577_916_000_000
    },
    behindMs: 3_600_000,
    provided: 12,
    failed: 2,
    overflowed: 1,
    averageMs: 250
  }
}

/** Routing with fixed answers, which writes down what it was asked. */
export class FakeRouting implements RoutingService {
  stat: ProvideStat = PROVIDE_STAT
  readonly #calls: unknown[][]

  constructor(calls: unknown[][]) {
    this.#calls = calls
  }

  async *findProviders(cid: string, options?: FindProvidersOptions): AsyncGenerator<RoutingEvent> {
    this.#calls.push(['findProviders', cid, options?.count])
    yield await Promise.resolve({ type: 'error', message: 'dht wan: out of order' })
    yield { type: 'provider', peer: FOUND }
    if (cid === 'half') throw new Error('routing broke')
  }

  findPeer(peer: string): Promise<FoundPeer> {
    if (peer !== FOUND.id) return Promise.reject(new NotFoundError('routing: not found'))
    return Promise.resolve(FOUND)
  }

  async *provide(cids: readonly string[], options?: ProvideOptions): AsyncGenerator<RoutingEvent> {
    this.#calls.push(['provide', cids, options?.recursive])
    yield await Promise.resolve({ type: 'final-peer', peer: { id: FOUND.id, addresses: [] } })
  }

  async *provideOnce(cids: readonly string[], options?: ProvideOptions): AsyncGenerator<string> {
    this.#calls.push(['provideOnce', cids, options?.recursive])
    for (const cid of cids) yield await Promise.resolve(cid)
  }

  provideStat(): ProvideStat {
    return this.stat
  }

  provideClear(): Promise<number> {
    return Promise.resolve(7)
  }
}
