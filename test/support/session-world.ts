import type { CID } from 'multiformats/cid'
import { cidKey, toPeerId, type CidKey, type PeerId } from '../../src/ids.ts'
import type { WantType } from '../../src/message/message.ts'
import { DEFAULT_OPTIONS, type BroadcastOptions, type PeerOptions, type SessionOptions } from '../../src/options.ts'
import { PeerRouter } from '../../src/peers/peer-router.ts'
import { ProviderSearch } from '../../src/peers/provider-search.ts'
import type { Blockstore, Provider } from '../../src/ports.ts'
import { BroadcastControl } from '../../src/session/broadcast-control.ts'
import { Session } from '../../src/session/session.ts'
import type { Waiter } from '../../src/session/waiter.ts'
import { WantManager } from '../../src/wants/want-manager.ts'
import { trustBook } from './trust.ts'
import { ManualClock } from './manual-clock.ts'
import { cid, key, nameOf, told } from './names.ts'
import { RecordingLogger } from './recording-logger.ts'

export interface WorldOptions {
  readonly session?: Partial<SessionOptions>
  readonly peers?: Partial<PeerOptions>
  readonly broadcast?: Partial<BroadcastOptions>
  readonly maxOutstandingPerPeer?: number
}

/** What dialing a peer comes to. */
export type Dial = 'reached' | 'refused' | 'hangs'

/**
 * Sessions with the real wants and peers around them, and puppets for peers: a test says what they answer, and reads what
 * they were told. Messages are delivered by `step`; time stands still until a test moves it.
 */
export class SessionWorld {
  readonly clock = new ManualClock()
  readonly logger = new RecordingLogger()
  readonly options: SessionOptions
  readonly peers: PeerRouter
  readonly wants: WantManager
  readonly search: ProviderSearch
  readonly broadcast: BroadcastControl
  readonly store: Pick<Blockstore, 'get'> = { get: (of) => this.stored.get(cidKey(of)) }
  /** Partners that wait for a block of ours. */
  readonly awaited = new Map<CidKey, readonly PeerId[]>()
  readonly stored = new Map<CidKey, Uint8Array>()
  /** By peer: what it was told and not relieved of. Wants it answered with a block are gone from it. */
  readonly wantlists = new Map<PeerId, Map<CidKey, WantType>>()
  /** Who provides a block, by the word of routing. */
  readonly routing = new Map<CidKey, readonly PeerId[]>()
  readonly dials = new Map<PeerId, Dial>()
  /** Names of the blocks routing was asked for, and `-name` when it was still at it and could stop. Bounded: by the test. */
  readonly searches: string[] = []
  /** Routing answers nothing until the question is given up. */
  slowRouting = false
  /** Peers that are to stay connected. */
  readonly peered = new Set<PeerId>()
  readonly #news = new Set<PeerId>()
  #log: string[] = []

  constructor(options: WorldOptions = {}) {
    this.options = { ...DEFAULT_OPTIONS.session, ...options.session }
    const maxOutstandingPerPeer = options.maxOutstandingPerPeer ?? DEFAULT_OPTIONS.wants.maxOutstandingPerPeer
    const network = { latencyMs: () => undefined, connect: (provider: Provider) => this.#dial(provider) }
    const pace = { ...this.options, maxWindow: maxOutstandingPerPeer }
    const trust = trustBook(this.clock)
    const parts = { network, clock: this.clock, trust }
    this.peers = new PeerRouter(parts, { ...DEFAULT_OPTIONS.peers, ...options.peers }, pace)
    const sender = { wantlistChanged: (peer: PeerId) => void this.#news.add(peer) }
    this.wants = new WantManager(
      // What peers hold is looked at from moment to moment: no cancel may wait.
      { sender, peers: this.peers, clock: this.clock, cancelsAtOnce: true },
      { ...DEFAULT_OPTIONS.wants, maxOutstandingPerPeer }
    )
    this.broadcast = new BroadcastControl({ ...DEFAULT_OPTIONS.broadcast, ...options.broadcast }, (peer) => ({
      ...this.peers.bystander(peer),
      isPeered: this.peered.has(peer),
      isPending: this.wants.hasNews(peer)
    }))
    const connect: PeerRouter['connect'] = (provider, signal) => this.peers.connect(provider, signal)
    const finder = { findProviders: (of: CID, ask = {}) => this.#find(of, ask) }
    this.search = new ProviderSearch(
      { finder, connect, clock: this.clock, logger: this.logger },
      this.options.maxProvidersPerSearch
    )
  }

  session(hints: readonly Provider[] = [], fixed = false): Session {
    const { wants, peers, search, store, clock, logger, options } = this
    const broadcast = this.broadcast
    const awaitedBy = (of: CidKey): readonly PeerId[] => this.awaited.get(of) ?? []
    const ports = { wants, peers, search, broadcast, blockstore: store, clock, logger, options, awaitedBy }
    return new Session({ ...ports, self: toPeerId('self') }, hints, fixed)
  }

  /** Peers of the internet, which are asked for nothing without a reason. */
  connectRemote(...peers: readonly PeerId[]): this {
    return this.connect(...peers.map((peer) => ({ peer, isRemote: true })))
  }

  connect(...connected: readonly (PeerId | { readonly peer: PeerId; readonly isRemote: boolean })[]): this {
    const peers = connected.map((one) => (typeof one === 'string' ? { peer: one, isRemote: false } : one))
    for (const { peer, isRemote } of peers) {
      this.wantlists.set(peer, new Map())
      this.wants.connected(peer, { presences: true })
      this.peers.connected(peer, { presences: true, isRemote })
    }
    return this
  }

  disconnect(peer: PeerId): void {
    this.wantlists.delete(peer)
    this.#news.delete(peer)
    this.wants.disconnected(peer)
    this.peers.disconnected(peer)
  }

  /** Deals with all that happened, at this moment of time; returns what peers were told, as `alice: block a, have b`. */
  step(): string[] {
    for (let round = 0; round < 100; round++) {
      this.clock.flush()
      if (this.#news.size === 0) break
      for (const peer of [...this.#news]) this.#deliver(peer)
    }
    const log = this.#log
    this.#log = []
    return log
  }

  /** Lets time pass in small steps; returns what peers were told meanwhile. */
  pass(ms: number, stepMs = 5): string[] {
    const log: string[] = this.step()
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed))
      log.push(...this.step())
    }
    return log
  }

  /** As `step`, and lets promises settle: dials, searches, stores. */
  async settle(): Promise<string[]> {
    const log: string[] = []
    for (let round = 0; round < 5; round++) {
      await this.clock.settle()
      log.push(...this.step())
    }
    return log
  }

  has(peer: PeerId, ...names: readonly string[]): void {
    for (const name of names) this.wants.presence(peer, key(name), true)
  }

  lacks(peer: PeerId, ...names: readonly string[]): void {
    for (const name of names) this.wants.presence(peer, key(name), false)
  }

  sends(peer: PeerId, ...names: readonly string[]): void {
    for (const name of names) {
      this.wantlists.get(peer)?.delete(key(name))
      this.wants.fulfil(key(name), new Uint8Array(1_000), peer)
    }
  }

  /** Names of the wants a peer holds of ours, of one type. */
  wantlist(peer: PeerId, type: WantType = 'block'): string[] {
    const wants = [...(this.wantlists.get(peer) ?? [])]
    return wants.filter(([, told]) => told === type).map(([of]) => nameOf(of))
  }

  #deliver(peer: PeerId): void {
    this.#news.delete(peer)
    const wantlist = this.wantlists.get(peer)
    for (let message = this.wants.takeMessage(peer); message; message = this.wants.takeMessage(peer)) {
      this.#log.push(`${peer}: ${told(message).join(', ')}`)
      if (message.full) wantlist?.clear()
      for (const cancel of message.cancels) wantlist?.delete(cancel.key)
      for (const want of message.wants) wantlist?.set(want.key, want.type)
    }
  }

  #dial({ peer }: Provider): Promise<PeerId> {
    const outcome = peer === undefined ? 'refused' : this.dials.get(peer)
    if (peer === undefined || outcome === undefined || outcome === 'refused') {
      return Promise.reject(new Error('connection refused'))
    }
    if (outcome === 'hangs') return new Promise(() => undefined)
    if (!this.peers.isConnected(peer)) this.connect(peer)
    return Promise.resolve(peer)
  }

  async *#find(of: CID, { signal }: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<Provider> {
    const name = nameOf(cidKey(of))
    this.searches.push(name)
    if (this.slowRouting) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      this.searches.push(`-${name}`)
    }
    for (const peer of this.routing.get(cidKey(of)) ?? []) {
      await Promise.resolve()
      yield { peer, addresses: [] }
    }
  }
}

/** Waits for blocks and writes down what came of it: `a from alice`, `a failed: …`. */
export class RecordingWaiter implements Waiter {
  /** Bounded: by the test. */
  readonly heard: string[] = []

  arrived(of: CidKey, _bytes: Uint8Array, from: PeerId | undefined): void {
    this.heard.push(`${nameOf(of)} from ${from ?? 'here'}`)
  }

  failed(of: CidKey, error: unknown): void {
    this.heard.push(`${nameOf(of)} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Wants blocks by their names, for a waiter that is returned. */
export function want(session: Session, names: readonly string[], waiter = new RecordingWaiter()): RecordingWaiter {
  for (const name of names) session.want(cid(name), waiter, 1)
  return waiter
}

/** `prefix0` to `prefix<count - 1>`. */
export function many(count: number, prefix = 'w'): string[] {
  return Array.from({ length: count }, (_, number) => `${prefix}${number}`)
}
