import { ApiError } from '../api-error.ts'
import { NotFoundError } from '../../errors.ts'
import type { ProvideInfo } from '../../routing/providing/provide-info.ts'
import type {
  FindProvidersOptions,
  FoundPeer,
  ProvideOptions,
  ProvideStat,
  RoutingEvent,
  RoutingService
} from '../service/routing-service.ts'
import * as wire from './wire.ts'

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
type Signal = { readonly signal?: AbortSignal | undefined }

/** How a command is sent to the daemon. */
export interface RemoteCalls {
  value(command: string, query: Query, options?: Signal): Promise<unknown>
  lines(command: string, query: Query, options?: Signal): AsyncGenerator<wire.Fields>
  text(command: string, query: Query, options?: Signal): Promise<string>
}

/** The routing of a peer in another process. */
export class RemoteRouting implements RoutingService {
  readonly #calls: RemoteCalls

  constructor(calls: RemoteCalls) {
    this.#calls = calls
  }

  async *findProviders(cid: string, options: FindProvidersOptions = {}): AsyncGenerator<RoutingEvent> {
    const query = { arg: cid, 'num-providers': options.count }
    for await (const line of this.#calls.lines('routing/findprovs', query, options)) yield* toEvents(line)
  }

  async findPeer(peer: string, options?: Signal): Promise<FoundPeer> {
    for await (const line of this.#calls.lines('routing/findpeer', { arg: peer }, options)) {
      for (const event of toEvents(line)) {
        if (event.type === 'error') throw new NotFoundError(event.message)
        return event.peer
      }
    }
    throw new ApiError('command', 'the daemon answered routing/findpeer with nothing')
  }

  async *provide(cids: readonly string[], options: ProvideOptions = {}): AsyncGenerator<RoutingEvent> {
    const query = { arg: cids, recursive: options.recursive }
    for await (const line of this.#calls.lines('routing/provide', query, options)) yield* toEvents(line)
  }

  async *provideOnce(cids: readonly string[], options: ProvideOptions = {}): AsyncGenerator<string> {
    const query = { arg: cids, recursive: options.recursive }
    for await (const line of this.#calls.lines('provide/once', query, options)) yield wire.text(line, 'Queued')
  }

  async provideStat(): Promise<ProvideStat> {
    return toStat(wire.fields(await this.#calls.value('provide/stat', {}), 'provide/stat'))
  }

  async provideClear(): Promise<number> {
    return Number(await this.#calls.value('provide/clear', {}))
  }
}

function toEvents(line: wire.Fields): RoutingEvent[] {
  const responses = wire.list(line, 'Responses').map((value) => {
    const peer = wire.fields(value, 'Responses')
    return { id: wire.text(peer, 'ID'), addresses: wire.texts(peer, 'Addrs') }
  })
  if (line.Type === 3) return [{ type: 'error', message: wire.text(line, 'Extra') }]
  if (line.Type === 4) return responses.map((peer) => ({ type: 'provider', peer }))
  if (line.Type !== 2) return []
  const named = responses.length > 0 ? responses : [{ id: wire.text(line, 'ID'), addresses: [] }]
  return named.map((peer) => ({ type: 'final-peer', peer }))
}

const STATES: readonly ProvideInfo['state'][] = ['idle', 'providing', 'paused', 'waiting', 'stopped']

function toStat(answer: wire.Fields): ProvideStat {
  const stat = wire.fields(answer.Barter, 'Barter')
  const strategy = wire.text(stat, 'Strategy')
  const state = STATES.find((one) => one === stat.State)
  if (state === undefined) return { strategy, info: undefined }
  const number = (name: string): number => wire.number(stat, name)
  const optional = (name: string): number | undefined => wire.optional(stat, name, wire.number)
  const lastError = wire.text(stat, 'LastError')
  const info: ProvideInfo = {
    state,
    resumesInMs: number('ResumesInMs'),
    lastError: lastError === '' ? undefined : lastError,
    queued: number('Queued'),
    maxQueued: number('MaxQueued'),
    active: number('Active'),
    workers: number('Workers'),
    intervalMs: number('IntervalMs'),
    cycle: {
      startedAt: number('CycleStartedAt'),
      finishedAt: optional('CycleFinishedAt'),
      done: number('CycleDone'),
      lastKeys: optional('LastCycleKeys'),
      lastDurationMs: optional('LastCycleMs'),
      nextAt: number('NextCycleAt')
    },
    behindMs: number('BehindMs'),
    provided: number('Provided'),
    failed: number('Failed'),
    overflowed: number('Overflowed'),
    averageMs: number('AverageMs')
  }
  return { strategy, info }
}
