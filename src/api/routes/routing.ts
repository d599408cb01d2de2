import { errorText } from '../api-error.ts'
import { firstArg, flag, integer, json, lines, type Call, type Route } from '../server/route.ts'
import type { ProvideStat, RoutingEvent } from '../service/routing-service.ts'

const VERBOSE = { name: 'verbose', also: ['v'], type: 'bool' } as const
const RECURSIVE = { name: 'recursive', also: ['r'], type: 'bool' } as const
const KEY_ARG = { name: 'key', min: 1 } as const
const NANOS = 1e6
/** A duration of Kubo that is none. */
const NEVER = '0001-01-01T00:00:00Z'

const stat: Route['run'] = async (service) => json(statJson(await service.routing.provideStat()))

export const ROUTING_ROUTES: readonly Route[] = [
  {
    path: 'routing/findprovs',
    arg: KEY_ARG,
    options: [VERBOSE, { name: 'num-providers', also: ['n'], type: 'int' }],
    run: (service, call) => {
      const options = { signal: call.signal, count: integer(call, 'num-providers') }
      return lines(eventLines(service.routing.findProviders(firstArg(call), options)))
    }
  },
  {
    path: 'routing/findpeer',
    arg: { name: 'peerID', min: 1 },
    options: [VERBOSE],
    run: (service, call) => lines(foundPeer(() => service.routing.findPeer(firstArg(call), { signal: call.signal })))
  },
  {
    path: 'routing/provide',
    arg: { ...KEY_ARG, many: true },
    options: [VERBOSE, RECURSIVE],
    run: (service, call) => lines(eventLines(service.routing.provide(call.args, provideOptions(call))))
  },
  {
    path: 'provide/once',
    arg: { name: 'cid', min: 1, many: true },
    options: [RECURSIVE],
    run: (service, call) => lines(queuedLines(service.routing.provideOnce(call.args, provideOptions(call))))
  },
  {
    path: 'provide/stat',
    options: [
      { name: 'lan', type: 'bool' },
      { name: 'all', also: ['a'], type: 'bool' }
    ],
    run: stat
  },
  { path: 'stats/provide', run: stat },
  {
    path: 'provide/clear',
    options: [{ name: 'quiet', also: ['q'], type: 'bool' }],
    run: async (service, call) => {
      const count = await service.routing.provideClear()
      return flag(call, 'quiet') ? { kind: 'empty' } : json(count)
    }
  }
]

function provideOptions(call: Call): { signal: AbortSignal; recursive: boolean } {
  return { signal: call.signal, recursive: flag(call, 'recursive') }
}

/** As Kubo writes a query event; the numbers are those of its types. */
export function eventJson(event: RoutingEvent): unknown {
  if (event.type === 'error') return { Extra: event.message, ID: '', Responses: null, Type: 3 }
  const { id, addresses } = event.peer
  const Responses = [{ ID: id, Addrs: addresses }]
  if (event.type === 'provider') return { Extra: '', ID: '', Responses, Type: 4 }
  // Without an address it is a peer that took a record.
  return { Extra: '', ID: id, Responses: addresses.length === 0 ? null : Responses, Type: 2 }
}

async function* eventLines(events: AsyncIterable<RoutingEvent>): AsyncGenerator {
  for await (const event of events) yield eventJson(event)
}

/** What fails is told as an event, too: that is where clients of Kubo look. */
async function* foundPeer(find: () => Promise<{ id: string; addresses: readonly string[] }>): AsyncGenerator {
  try {
    const { id, addresses } = await find()
    yield { Extra: '', ID: '', Responses: [{ ID: id, Addrs: addresses }], Type: 2 }
  } catch (error) {
    yield eventJson({ type: 'error', message: errorText(error) })
    throw error
  }
}

async function* queuedLines(cids: AsyncIterable<string>): AsyncGenerator {
  for await (const Queued of cids) yield { Queued }
}

/** The figures of Kubo's provider that goes from key to key (`Legacy`), and all of ours beside them. */
function statJson({ strategy, info }: ProvideStat): unknown {
  if (info === undefined)
    return { Sweep: null, Legacy: null, FullRT: false, Barter: { Strategy: strategy, State: 'off' } }
  const { cycle } = info
  const lastRun = cycle.finishedAt === undefined ? NEVER : new Date(cycle.finishedAt).toISOString()
  return {
    Sweep: null,
    Legacy: {
      TotalReprovides: info.provided,
      LastReprovideBatchSize: cycle.lastKeys ?? 0,
      ReprovideInterval: info.intervalMs * NANOS,
      AvgReprovideDuration: Math.round(info.averageMs * NANOS),
      LastReprovideDuration: (cycle.lastDurationMs ?? 0) * NANOS,
      LastRun: lastRun
    },
    FullRT: false,
    Barter: { Strategy: strategy, ...barterJson(info) }
  }
}

type Info = NonNullable<ProvideStat['info']>

/** Times in milliseconds, moments in milliseconds since 1970; what is not known is null. */
function barterJson(info: Info): Readonly<Record<string, unknown>> {
  const { cycle } = info
  return {
    State: info.state,
    ResumesInMs: info.resumesInMs,
    LastError: info.lastError ?? '',
    Queued: info.queued,
    MaxQueued: info.maxQueued,
    Active: info.active,
    Workers: info.workers,
    IntervalMs: info.intervalMs,
    CycleStartedAt: cycle.startedAt,
    CycleFinishedAt: cycle.finishedAt ?? null,
    CycleDone: cycle.done,
    LastCycleKeys: cycle.lastKeys ?? null,
    LastCycleMs: cycle.lastDurationMs ?? null,
    NextCycleAt: cycle.nextAt,
    BehindMs: info.behindMs,
    Provided: info.provided,
    Failed: info.failed,
    Overflowed: info.overflowed,
    AverageMs: info.averageMs
  }
}
