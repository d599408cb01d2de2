import type { IdInfo } from '../../src/api/service/id-info.ts'
import type {
  BandwidthInfo,
  BandwidthOf,
  NetworkService,
  PingEvent,
  PingOptions,
  ResourceInfo
} from '../../src/api/service/network-service.ts'

const PEER = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'

/** The connection side with fixed answers; what was asked is written down. */
export class FakeNetwork implements NetworkService {
  readonly #calls: unknown[][]

  constructor(calls: unknown[][]) {
    this.#calls = calls
  }

  bandwidth(of: BandwidthOf = {}): BandwidthInfo {
    this.#calls.push(['bandwidth', of.peer, of.protocol])
    return { totalIn: 10, totalOut: 20, rateIn: 1.5, rateOut: 2.5 }
  }

  async *ping(peer: string, { count }: PingOptions): AsyncGenerator<PingEvent> {
    this.#calls.push(['ping', peer, count])
    for (let sent = 1; sent < count; sent++) yield await Promise.resolve({ type: 'pong', latencyMs: sent })
    if (peer === 'far') yield { type: 'failed', message: 'context deadline exceeded' }
    else yield { type: 'pong', latencyMs: count }
  }

  identify(): Promise<ReadonlyMap<string, IdInfo>> {
    const told = {
      id: PEER,
      publicKey: 'CAES',
      addresses: ['/ip4/1.1.1.1/tcp/1'],
      agentVersion: 'kubo/1',
      protocols: []
    }
    return Promise.resolve(new Map([[PEER, told]]))
  }

  filters(): readonly string[] {
    return ['/ip4/10.0.0.0/ipcidr/8']
  }

  addFilters(masks: readonly string[]): readonly string[] {
    return masks
  }

  removeFilters(masks: readonly string[] | 'all'): readonly string[] {
    return masks === 'all' ? this.filters() : masks
  }

  resources(): readonly ResourceInfo[] {
    return [
      { name: 'Conns', used: 3, limit: 96 },
      { name: 'Streams', used: 7, limit: undefined }
    ]
  }
}
