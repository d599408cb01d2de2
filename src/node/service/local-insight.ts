import { setTimeout as sleep } from 'node:timers/promises'
import type { Libp2p } from '@libp2p/interface'
import {
  DEFAULT_ROWS,
  MAX_ROWS,
  type DiagnoseOptions,
  type Diagnosis,
  type InsightEvent,
  type InsightService,
  type RowLimits,
  type WantsOptions,
  type WatchOptions
} from '../../api/service/insight-service.ts'
import type {
  EnginePart,
  Listing,
  PartnerRow,
  RefusedRow,
  Snapshot,
  StorePart
} from '../../api/service/insight-snapshot.ts'
import type { SessionRow, WantRow } from '../../api/service/insight-wants.ts'
import type { LogService } from '../../api/service/log-service.ts'
import type { ProvideStat } from '../../api/service/routing-service.ts'
import { InvalidParametersError, NotFoundError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { Refused } from '../../exchange-insight.ts'
import { cidKey } from '../../ids.ts'
import type { LocalBlockParts } from '../keeping/local-block.ts'
import { damagedWants } from '../insight/damaged-wants.ts'
import { RateMeter } from '../insight/flow-rates.ts'
import { LogRing } from '../insight/log-ring.ts'
import { parseCid } from './parse-cid.ts'
import { PartnerRows } from '../insight/partner-rows.ts'
import { PeerNotes } from '../insight/peer-notes.ts'
import { enginePart, peerPart, providingPart, trafficPart } from '../insight/snapshot-parts.ts'
import { sessionRow, wantRow } from '../insight/want-rows.ts'
import { watch } from '../insight/watch.ts'

export interface LocalInsightParts {
  readonly libp2p: Libp2p
  readonly exchange: Exchange
  readonly agent: string
  readonly startedAt: number
  readonly isServing: boolean
  readonly isKept: (peer: string) => boolean
  readonly routing: { readonly type: string; readonly off: () => string | undefined }
  readonly provideStat: () => ProvideStat | Promise<ProvideStat>
  readonly store: () => Promise<StorePart>
  /** What the node refuses, before bitswap sees it. */
  readonly refused?: (() => readonly RefusedRow[]) | undefined
  readonly swarmKeyFingerprint: string | undefined
  readonly log: LogService | undefined
  readonly localBlocks: LocalBlockParts
  readonly diagnose: (path: string | undefined, options: DiagnoseOptions) => Promise<Diagnosis>
}

/** What this process is doing. Keeps the log and what peers said of themselves; everything else is read when asked for. */
export class LocalInsight implements InsightService {
  readonly #parts: LocalInsightParts
  readonly #rates: RateMeter
  readonly #notes: PeerNotes
  readonly #partners: PartnerRows
  readonly #log = new LogRing()
  readonly #end = new AbortController()

  constructor(parts: LocalInsightParts) {
    const { libp2p, exchange, isKept } = parts
    this.#parts = parts
    this.#rates = new RateMeter(exchange.insight.now(), exchange.insight.traffic())
    this.#notes = new PeerNotes(libp2p)
    this.#partners = new PartnerRows({ libp2p, exchange, isKept, notes: this.#notes })
    this.#notes.start()
    if (parts.log !== undefined) void this.#log.follow(parts.log.tail({ signal: this.#end.signal }))
    libp2p.addEventListener('stop', () => this.stop(), { once: true })
  }

  stop(): void {
    this.#notes.stop()
    this.#end.abort(new Error('this peer stops'))
  }

  async snapshot(limits: RowLimits = {}): Promise<Snapshot> {
    const { exchange, libp2p, store, provideStat } = this.#parts
    const { insight } = exchange
    const traffic = insight.traffic()
    const stat = exchange.stat()
    const now = insight.now()
    const connections = libp2p.getConnections()
    return {
      at: now,
      peer: peerPart({
        ...this.#identity(),
        directions: connections.map(({ direction }) => direction),
        partners: stat.partners.length
      }),
      traffic: trafficPart(this.#rates.look(now, traffic), traffic, stat, exchange.limits.get()),
      wants: this.#allWants(limits.wants),
      partners: this.partners(limits.partners),
      sessions: this.sessions(limits.sessions),
      engine: this.engine(),
      store: await store(),
      providing: providingPart(await provideStat()),
      refused: this.#refused(),
      log: this.#log.last(rows('log', limits.log))
    }
  }

  events({ signal, ...limits }: WatchOptions = {}): AsyncIterable<InsightEvent> {
    const ends = signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal])
    const wait = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal: ends, ref: false })
    return watch({ take: () => this.snapshot(limits), wait }, ends)
  }

  async wants(limit?: number, { label }: WantsOptions = {}): Promise<Listing<WantRow>> {
    const { insight } = this.#parts.exchange
    const most = rows('wants', limit)
    const { total, wants } =
      label === undefined ? { total: insight.wantCount, wants: insight.wants(most) } : insight.wantsOf(label, most)
    const damaged = await damagedWants(this.#parts.localBlocks, wants)
    return {
      total,
      rows: wants.map((want) => ({ ...wantRow(want), ...(damaged.has(cidKey(want.cid)) && { damaged: true }) }))
    }
  }

  #allWants(limit?: number): Listing<WantRow> {
    const { insight } = this.#parts.exchange
    return { total: insight.wantCount, rows: insight.wants(rows('wants', limit)).map(wantRow) }
  }

  partners(limit?: number): Listing<PartnerRow> {
    return this.#partners.list(rows('partners', limit))
  }

  sessions(limit?: number): Listing<SessionRow> {
    const { insight } = this.#parts.exchange
    return { total: insight.sessionCount, rows: insight.sessions(rows('sessions', limit)).map(sessionRow) }
  }

  engine(): EnginePart {
    return enginePart(this.#parts.exchange.insight.engine())
  }

  unwant(cid: string): number {
    const sessions = this.#parts.exchange.insight.unwant(parseCid(cid))
    if (sessions === 0) throw new NotFoundError(`block ${cid} is not wanted here: see \`barter bitswap wants\``)
    return sessions
  }

  async diagnose(path?: string, options: DiagnoseOptions = {}): Promise<Diagnosis> {
    return await this.#parts.diagnose(path, options)
  }

  #identity() {
    const { libp2p, agent, startedAt, isServing, swarmKeyFingerprint, routing } = this.#parts
    const addresses = libp2p.getMultiaddrs().map(String)
    const state = { type: routing.type, off: routing.off() }
    return { id: libp2p.peerId.toString(), agent, startedAt, addresses, routing: state, isServing, swarmKeyFingerprint }
  }

  #refused(): Listing<RefusedRow> {
    const all: readonly (Refused | RefusedRow)[] = [
      ...this.#parts.exchange.insight.refused(),
      ...(this.#parts.refused?.() ?? [])
    ]
    const happened = all.filter(({ count }) => count > 0)
    return { total: happened.length, rows: happened }
  }
}

function rows(of: keyof typeof MAX_ROWS, limit: number = DEFAULT_ROWS[of]): number {
  if (!Number.isInteger(limit) || limit < 0) {
    throw new InvalidParametersError(`${of} is ${limit}: expected a whole number, 0 or more`)
  }
  return Math.min(limit, MAX_ROWS[of])
}
