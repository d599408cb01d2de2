/** The parts of a snapshot that are not lists, each made of what its actor says. */
import type { EnginePart, PeerPart, ProvidingPart, TrafficPart } from '../../api/service/insight-snapshot.ts'
import type { ProvideStat } from '../../api/service/routing-service.ts'
import type { ExchangeStat, RateLimits } from '../../exchange.ts'
import type { EngineInsight, TrafficInsight } from '../../exchange-insight.ts'
import { flowsOf, type FlowRates } from './flow-rates.ts'

/** Addresses that are named. */
const MAX_ADDRESSES = 32

export interface PeerFacts {
  readonly id: string
  readonly agent: string
  readonly startedAt: number
  readonly addresses: readonly string[]
  readonly routing: PeerPart['routing']
  readonly isServing: boolean
  readonly directions: readonly ('inbound' | 'outbound')[]
  readonly partners: number
  readonly swarmKeyFingerprint: string | undefined
}

export function peerPart({ addresses, directions, ...facts }: PeerFacts): PeerPart {
  const peersIn = directions.filter((direction) => direction === 'inbound').length
  return {
    ...facts,
    addresses: addresses.slice(0, MAX_ADDRESSES),
    addressesTotal: addresses.length,
    peersIn,
    peersOut: directions.length - peersIn
  }
}

export function trafficPart(
  rates: FlowRates,
  traffic: TrafficInsight,
  stat: ExchangeStat,
  limits: RateLimits
): TrafficPart {
  const totals = flowsOf(traffic)
  return {
    ...rates,
    totalIn: totals.in,
    totalOut: totals.out,
    messagesIn: stat.messagesReceived,
    messagesOut: stat.messagesSent,
    blocksIn: stat.blocksReceived,
    blocksOut: stat.blocksSent,
    duplicateBlocksIn: stat.dupBlocksReceived + stat.unwantedBlocksReceived,
    limits
  }
}

export function enginePart(engine: EngineInsight): EnginePart {
  const { strategy, about, slots, slotsUsed, waitingPartners, wants, pendingTasks, activeTasks } = engine
  const { pendingBytes, inFlightBytes, activeLookups, waitingEntries, refusedPartners } = engine
  return {
    ...{ strategy, about, slots, slotsUsed, waitingPartners, wants, pendingTasks, activeTasks },
    ...{ pendingBytes, inFlightBytes, lookups: activeLookups, waitingEntries, refusedPartners }
  }
}

export function providingPart({ strategy, info }: ProvideStat): ProvidingPart {
  if (info === undefined) {
    return { strategy, state: 'off', queued: 0, active: 0, provided: 0, failed: 0, behindMs: 0 }
  }
  const { state, queued, active, provided, failed, lastError, cycle, behindMs } = info
  const { startedAt, finishedAt, done: keys, lastDurationMs: durationMs, nextAt } = cycle
  return {
    ...{ strategy, state, queued, active, provided, failed, lastError },
    cycle: { startedAt, finishedAt, keys, durationMs, nextAt },
    // It is of the whole cycle: nobody needs it by the millisecond.
    behindMs: Math.round(behindMs / 1_000) * 1_000
  }
}
