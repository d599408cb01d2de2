import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../api-error.ts'
import { readDuration } from '../formats/duration.ts'
import { asKuboRefuses } from '../formats/kubo-duration.ts'
import type { BandwidthInfo, BandwidthOf, ResourceInfo } from '../service/network-service.ts'
import type { PeerService } from '../service/peer-service.ts'
import { firstArg, flag, integer, json, lines, text, type Call, type Route } from '../server/route.ts'

const NANOS = 1e6
const MASK_ARG = { name: 'address', min: 1, many: true } as const

export const NETWORK_ROUTES: readonly Route[] = [
  {
    path: 'stats/bw',
    options: [
      { name: 'peer', also: ['p'], type: 'string' },
      { name: 'proto', also: ['t'], type: 'string' },
      { name: 'poll', type: 'bool' },
      { name: 'interval', also: ['i'], type: 'string' }
    ],
    run: async (service, call) => {
      const of = { peer: text(call, 'peer'), protocol: text(call, 'proto') }
      const intervalMs = interval(call)
      const first = bandwidthJson(await service.network.bandwidth(of))
      return flag(call, 'poll') ? lines(pollBandwidth(service, of, intervalMs, call.signal)) : json(first)
    }
  },
  {
    path: 'ping',
    arg: { name: 'peer ID', min: 1 },
    options: [{ name: 'count', also: ['n'], type: 'int' }],
    run: (service, call) => lines(pingLines(service, call))
  },
  {
    path: 'swarm/filters',
    run: async (service) => strings(await service.network.filters())
  },
  {
    path: 'swarm/filters/add',
    arg: MASK_ARG,
    run: async (service, call) => strings(await service.network.addFilters(call.args))
  },
  {
    path: 'swarm/filters/rm',
    arg: MASK_ARG,
    run: async (service, call) =>
      strings(await service.network.removeFilters(call.args[0] === 'all' ? 'all' : call.args))
  },
  {
    path: 'swarm/resources',
    run: async (service) => json({ System: resourcesJson(await service.network.resources()) })
  }
]

const strings = (list: readonly string[]) => json({ Strings: list })

function interval(call: Call): number {
  const given = text(call, 'interval') ?? '1s'
  return readDuration(given, { least: 1, refusal: asKuboRefuses({ kind: 'command' }) })
}

async function* pollBandwidth(
  service: PeerService,
  of: BandwidthOf,
  intervalMs: number,
  signal: AbortSignal
): AsyncGenerator {
  for (;;) {
    yield bandwidthJson(await service.network.bandwidth(of))
    await sleep(intervalMs, undefined, { signal })
  }
}

function bandwidthJson({ totalIn, totalOut, rateIn, rateOut }: BandwidthInfo): unknown {
  return { TotalIn: totalIn, TotalOut: totalOut, RateIn: rateIn, RateOut: rateOut }
}

/** As Kubo tells of pings: a heading, one line each with its time in nanoseconds, and the average. */
async function* pingLines(service: PeerService, call: Call): AsyncGenerator {
  const times: number[] = []
  const count = integer(call, 'count') ?? 10
  const events = service.network.ping(firstArg(call), { count, signal: call.signal })
  let isFirst = true
  for await (const event of events) {
    if (isFirst) yield { Success: true, Time: 0, Text: `PING ${firstArg(call).split('/').at(-1) ?? ''}.` }
    isFirst = false
    if (event.type === 'failed') {
      yield { Success: false, Time: 0, Text: `Pong error: ${event.message}` }
      continue
    }
    times.push(event.latencyMs)
    yield { Success: true, Time: Math.round(event.latencyMs * NANOS), Text: '' }
  }
  if (times.length === 0) throw new ApiError('command', 'ping failed')
  const averageMs = times.reduce((sum, ms) => sum + ms, 0) / times.length
  yield { Success: true, Time: 0, Text: `Average latency: ${averageMs.toFixed(2)}ms` }
}

/** Kubo's names: the limit under the name, what is used beside it. */
function resourcesJson(resources: readonly ResourceInfo[]): unknown {
  return Object.fromEntries(
    resources.flatMap(({ name, used, limit }) => [
      [name, limit ?? 'unlimited'],
      [`${name}Usage`, used]
    ])
  )
}
