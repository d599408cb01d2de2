import type { CID } from 'multiformats/cid'
import { WantCancelledError } from '../errors.ts'
import type {
  EngineInsight,
  ExchangeInsight,
  PartnerInsight,
  Refused,
  SearchView,
  SessionInsight,
  TrafficInsight,
  WantInsight
} from '../exchange-insight.ts'
import type { ExchangeMeter } from '../exchange-meter.ts'
import { cidKey, toPeerId, type CidKey, type PeerId, type PeerIdLike } from '../ids.ts'
import type { Clock, NetworkTraffic } from '../ports.ts'
import type { ShownSession } from '../session-inside.ts'
import type { Tally } from '../tally.ts'
import { listRefused, type RefusedCounts } from './list-refused.ts'
import { sessionView } from './session-view.ts'
import { WantViews, type WantViewParts, type WatchedWant } from './want-views.ts'

/** What the engine says of itself; see `EngineStat`. */
type EngineFigures = Omit<EngineInsight, 'strategy' | 'about'> & RefusedCounts['engine'] & { readonly dataSent: number }

export interface ExchangeViewParts extends Omit<WantViewParts, 'clock' | 'epoch'> {
  readonly clock: Pick<Clock, 'now' | 'epochMs'>
  readonly wants: WantViewParts['wants'] & {
    readonly table: {
      readonly size: number
      get(key: CidKey): WatchedWant | undefined
      values(): Iterable<WatchedWant>
    }
    failed(key: CidKey, error: Error): void
    toldTo(peer: PeerId): number
  }
  readonly peers: WantViewParts['peers'] & {
    pace(peer: PeerId): { readonly outstanding: number; readonly roundTripMs: number } | undefined
  }
  readonly sessions: WantViewParts['sessions'] & { readonly size: number; values(): Iterable<ShownSession> }
  readonly engine: {
    stat(): EngineFigures
    loadOf(peer: PeerId): Omit<PartnerInsight, 'owes' | 'told' | 'latencyMs'> | undefined
    observe(blockBytes: Tally, sendSeconds: Tally): void
  }
  readonly strategy: { readonly name: string; readonly about: string }
  /** Blocks that arrived. */
  readonly tally: RefusedCounts['blocks'] & {
    readonly bytes: number
    readonly duplicateBytes: number
    readonly unwantedBytes: number
    sizes?: Tally
    duplicateSizes?: Tally
  }
  readonly broadcast: { readonly skips: number }
  readonly rules: { readonly denials: RefusedCounts['denials'] }
  readonly door: { readonly refused: number }
  readonly network: { latencyMs(peer: PeerId): number | undefined; stat?(): NetworkTraffic }
}

/** See `ExchangeInsight`. Holds nothing but where to look. */
export class ExchangeViews implements ExchangeInsight {
  /** Where messages are counted, once somebody asked for it. */
  meter: ExchangeMeter | undefined
  readonly #parts: ExchangeViewParts
  readonly #wants: WantViews
  /** What makes a time of the clock one since 1970: found once, so that what is shown of a want does not change. */
  readonly #epoch: number

  constructor(parts: ExchangeViewParts) {
    this.#parts = parts
    this.#epoch = parts.clock.epochMs() - parts.clock.now()
    this.#wants = new WantViews({ ...parts, epoch: this.#epoch })
  }

  now(): number {
    return Math.round(this.#epoch + this.#parts.clock.now())
  }

  get wantCount(): number {
    return this.#parts.wants.table.size
  }

  wants(limit: number): readonly WantInsight[] {
    const views: WantInsight[] = []
    const view = this.#wants.viewer()
    for (const want of this.#parts.wants.table.values()) {
      if (views.length >= limit) break
      views.push(view(want))
    }
    return views
  }

  wantsOf(label: string, limit: number): { readonly total: number; readonly wants: readonly WantInsight[] } {
    const wants: WantInsight[] = []
    const view = this.#wants.viewer()
    let total = 0
    for (const want of this.#parts.wants.table.values()) {
      const session = this.#wants.sessionOf(want, label)
      if (session === undefined) continue
      total++
      if (wants.length < limit) wants.push(view(want, session))
    }
    return { total, wants }
  }

  want(cid: CID): WantInsight | undefined {
    const want = this.#parts.wants.table.get(cidKey(cid))
    return want && this.#wants.viewer()(want)
  }

  oldestWantAt(): number | undefined {
    for (const { since } of this.#parts.wants.table.values()) return Math.round(this.#epoch + since)
    return undefined
  }

  get sessionCount(): number {
    return this.#parts.sessions.size
  }

  sessions(limit: number): readonly SessionInsight[] {
    const views: SessionInsight[] = []
    for (const session of this.#parts.sessions.values()) {
      if (views.length >= limit) break
      views.push(sessionView(session, this.#epoch))
    }
    return views
  }

  partner(named: PeerIdLike): PartnerInsight | undefined {
    const peer = toPeerId(named)
    const load = this.#parts.engine.loadOf(peer)
    if (load === undefined) return undefined
    const pace = this.#parts.peers.pace(peer)
    const measured = pace !== undefined && pace.roundTripMs > 0 ? pace.roundTripMs : undefined
    const latencyMs = this.#parts.network.latencyMs(peer) ?? measured
    return { ...load, owes: pace?.outstanding ?? 0, told: this.#parts.wants.toldTo(peer), latencyMs }
  }

  engine(): EngineInsight {
    const { strategy, engine } = this.#parts
    const { name, about } = strategy
    return { ...engine.stat(), strategy: name, about }
  }

  traffic(): TrafficInsight {
    const { tally, engine, network } = this.#parts
    const wire = network.stat?.()
    const duplicateIn = tally.duplicateBytes + tally.unwantedBytes
    return {
      payloadIn: tally.bytes - duplicateIn,
      duplicateIn,
      wireIn: wire?.bytesReceived,
      payloadOut: engine.stat().dataSent,
      wireOut: wire?.bytesSent,
      unread: wire?.unreadBytes ?? 0
    }
  }

  get broadcastSkips(): number {
    return this.#parts.broadcast.skips
  }

  search(cid: CID): SearchView | undefined {
    return this.#wants.search(cidKey(cid))
  }

  evidence(cid: CID): readonly { readonly peer: PeerId; readonly answer: 'have' | 'dont-have' }[] {
    return Array.from(this.#wants.evidence(cidKey(cid)), ([peer, answer]) => ({ peer, answer }))
  }

  refused(): readonly Refused[] {
    const { engine, rules, door, tally, network } = this.#parts
    const { itemFaults, streamFaults } = network.stat?.() ?? { itemFaults: 0, streamFaults: 0 }
    const wire = { itemFaults, streamFaults }
    const kept = { denials: rules.denials, refusedConnections: door.refused }
    return listRefused({ engine: engine.stat(), blocks: tally, wire, ...kept })
  }

  observe(meter: ExchangeMeter): void {
    this.meter = meter
    this.#parts.tally.sizes = meter.received
    this.#parts.tally.duplicateSizes = meter.duplicates
    this.#parts.engine.observe(meter.sent, meter.sendSeconds)
  }

  unwant(cid: CID): number {
    const key = cidKey(cid)
    const holders = this.#parts.wants.table.get(key)?.holders.size ?? 0
    if (holders > 0) {
      const text = `the want for block ${cid.toString()} was cancelled by the owner of this peer`
      this.#parts.wants.failed(key, new WantCancelledError(text))
    }
    return holders
  }
}
