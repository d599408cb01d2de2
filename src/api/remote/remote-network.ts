import { ApiError } from '../api-error.ts'
import type { IdInfo } from '../service/id-info.ts'
import type {
  BandwidthInfo,
  BandwidthOf,
  NetworkService,
  PingEvent,
  PingOptions,
  ResourceInfo
} from '../service/network-service.ts'
import type { RemoteCalls } from './remote-routing.ts'
import * as wire from './wire.ts'

const NANOS = 1e6

/** The connection side of a peer in another process. */
export class RemoteNetwork implements NetworkService {
  readonly #calls: RemoteCalls

  constructor(calls: RemoteCalls) {
    this.#calls = calls
  }

  async bandwidth({ peer, protocol }: BandwidthOf = {}): Promise<BandwidthInfo> {
    const answer = await this.#ask('stats/bw', { peer, proto: protocol })
    return {
      totalIn: wire.number(answer, 'TotalIn'),
      totalOut: wire.number(answer, 'TotalOut'),
      rateIn: wire.number(answer, 'RateIn'),
      rateOut: wire.number(answer, 'RateOut')
    }
  }

  async *ping(peer: string, { count, signal }: PingOptions): AsyncGenerator<PingEvent> {
    for await (const line of this.#calls.lines('ping', { arg: peer, count }, { signal })) {
      const ns = wire.number(line, 'Time')
      if (line.Success === false) {
        yield { type: 'failed', message: wire.text(line, 'Text').replace(/^Pong error: /u, '') }
      } else if (ns > 0) yield { type: 'pong', latencyMs: ns / NANOS }
    }
  }

  async identify(): Promise<ReadonlyMap<string, IdInfo>> {
    const answer = await this.#ask('swarm/peers', { identify: true })
    return new Map(
      wire.list(answer, 'Peers').map((value) => {
        const peer = wire.fields(value, 'Peers')
        const told = wire.fields(peer.Identify, 'Identify')
        // Of one that told nothing, the answer has the name alone.
        return [wire.text(peer, 'Peer'), wire.toId({ ...told, ID: peer.Peer })]
      })
    )
  }

  async filters(): Promise<readonly string[]> {
    return wire.toStrings(await this.#ask('swarm/filters', {}))
  }

  async addFilters(masks: readonly string[]): Promise<readonly string[]> {
    return wire.toStrings(await this.#ask('swarm/filters/add', { arg: masks }))
  }

  async removeFilters(masks: readonly string[] | 'all'): Promise<readonly string[]> {
    return wire.toStrings(await this.#ask('swarm/filters/rm', { arg: masks }))
  }

  async resources(): Promise<readonly ResourceInfo[]> {
    const system = wire.fields((await this.#ask('swarm/resources', {})).System, 'System')
    return Object.keys(system)
      .filter((name) => !name.endsWith('Usage'))
      .map((name) => {
        const limit = system[name]
        return { name, used: wire.number(system, `${name}Usage`), limit: typeof limit === 'number' ? limit : undefined }
      })
  }

  async #ask(command: string, query: Parameters<RemoteCalls['value']>[1]): Promise<wire.Fields> {
    const answer = await this.#calls.value(command, query)
    if (typeof answer !== 'object' || answer === null)
      throw new ApiError('command', `${command} was answered with no object`)
    return wire.fields(answer, command)
  }
}
