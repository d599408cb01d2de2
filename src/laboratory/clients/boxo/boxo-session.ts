import type { CidKey, PeerId } from '../../../ids.ts'
import type { Random } from '../../../ports.ts'
import type { ClientWant, Desk, Tactics } from '../base/desk.ts'
import type { BoxoHooks } from './boxo-hooks.ts'
import type { BoxoShared, Listener } from './boxo-shared.ts'
import { IdleTimer } from './idle-timer.ts'
import { WantSender } from './want-sender.ts'

/** A want that was not answered for so long is told once more; looked at twice in that time. */
const TELL_AGAIN_MS = 30_000

export interface BoxoSettings {
  readonly searchDelayMs: number
  readonly rebroadcastMs: number
  readonly broadcastWants: number
  readonly maxDontHaves: number
  /** Does silence count as "dont-have" after a while? */
  readonly timeouts: boolean
}

/** A session of Boxo: it finds its peers by asking everybody, and then asks its peers. */
export class BoxoSession implements Tactics, Listener {
  readonly #desk: Desk
  readonly #shared: BoxoShared
  readonly #settings: BoxoSettings
  readonly #hooks: BoxoHooks
  readonly #random: Random
  readonly #sender: WantSender
  readonly #idle: IdleTimer
  /** Told to nobody yet. Bounded: open wants. */
  readonly #toFetch = new Map<CidKey, ClientWant>()
  /** When each was last told, in the order first told. Bounded: open wants. */
  readonly #live = new Map<CidKey, number>()
  /** Asked of a few outright instead of everybody. Bounded: open wants, each with a few peers. */
  readonly #asked = new Map<CidKey, Set<PeerId>>()
  #periodicAt: number
  #tellAgainAt: number

  constructor(desk: Desk, shared: BoxoShared, random: Random, settings: BoxoSettings, hooks: BoxoHooks = {}) {
    this.#desk = desk
    this.#shared = shared
    this.#settings = settings
    this.#hooks = hooks
    this.#random = random
    this.#sender = new WantSender({
      desk,
      shared,
      random,
      maxDontHaves: settings.maxDontHaves,
      sent: (wants) => this.#sent(wants),
      exhausted: (wants) => this.#findMore(wants)
    })
    this.#idle = new IdleTimer(() => hooks.searchDelayMs?.(desk.now()) ?? settings.searchDelayMs)
    this.#periodicAt = desk.now() + settings.rebroadcastMs
    this.#tellAgainAt = desk.now() + TELL_AGAIN_MS / 2
    shared.listeners.add(this)
  }

  wanted(wants: readonly ClientWant[]): void {
    for (const want of wants) {
      this.#toFetch.set(want.shared.key, want)
      this.#hooks.began?.(want)
    }
    this.#sender.add(wants)
    if (this.#idle.at === Infinity) this.#idle.start(this.#desk.now())
    if (!this.#sender.everHadPeers) this.#discover()
    this.#setAlarm()
  }

  arrived(want: ClientWant, from: PeerId | undefined): void {
    const { key } = want.shared
    const now = this.#desk.now()
    const sentAt = this.#live.get(key)
    if (from !== undefined) {
      this.#shared.timeouts.answered(from, key, now)
      this.#sender.delivered(key, from)
      this.#hooks.hit?.({ peer: from, latencyMs: now - want.since, now })
    }
    this.#end(want)
    if (sentAt !== undefined) this.#idle.arrived(now - sentAt)
    if (this.#live.size > 0 || this.#toFetch.size > 0) this.#idle.start(now)
    else this.#idle.stop()
    if (!this.#sender.everHadPeers) this.#discover()
    this.#setAlarm()
  }

  presence(want: ClientWant, peer: PeerId, have: boolean): void {
    const { key } = want.shared
    this.#shared.timeouts.answered(peer, key, this.#desk.now())
    if (have) this.#sender.have(key, peer)
    else this.#denied(key, peer)
    this.#setAlarm()
  }

  late(key: CidKey, peer: PeerId): void {
    if (this.#settings.timeouts) this.#denied(key, peer)
  }

  dropped(want: ClientWant): void {
    this.#end(want)
  }

  /** Everybody that connects is told of what everybody was told, whatever `targets` says of broadcasts. */
  peerConnected(peer: PeerId): void {
    for (const key of this.#shared.broadcast) {
      const want = this.#desk.open.get(key)
      if (want !== undefined) this.#shared.tell(this.#desk, want, peer)
    }
  }

  peerLeft(peer: PeerId): void {
    this.#shared.left(peer)
    this.#sender.unavailable(peer)
    for (const [key, peers] of [...this.#asked]) if (peers.has(peer)) this.#askAll(key)
  }

  /** What routing says is no evidence that the peer has it, but a reason to ask. */
  provider(peer: PeerId): void {
    this.#sender.available(peer)
  }

  due(now: number): void {
    this.#shared.expire(now)
    if (now >= this.#idle.at) this.#findMore(undefined)
    if (now >= this.#periodicAt) this.#searchOne(now)
    if (now >= this.#tellAgainAt) this.#tellAgain(now)
    this.#tellMore(now)
    this.#setAlarm()
  }

  closed(): void {
    this.#shared.listeners.delete(this)
  }

  #denied(key: CidKey, peer: PeerId): void {
    this.#sender.dontHave(key, peer)
    if (this.#asked.get(key)?.has(peer) === true) this.#askAll(key)
  }

  /** Nobody is known: so many wants at a time are told to everybody, or asked of those who may well have them. */
  #discover(): void {
    const broadcast: ClientWant[] = []
    for (const want of this.#toFetch.values()) {
      if (this.#live.size >= this.#settings.broadcastWants) break
      const { key } = want.shared
      const first = (this.#hooks.firstAsked?.(want) ?? []).filter((peer) => this.#desk.mayAsk(peer))
      for (const peer of first) this.#shared.ask(this.#desk, want, peer, 'block')
      if (first.length === 0) broadcast.push(want)
      else this.#asked.set(key, new Set(first))
      this.#toFetch.delete(key)
      this.#live.set(key, this.#desk.now())
    }
    this.#broadcast(broadcast)
  }

  #askAll(key: CidKey): void {
    this.#asked.delete(key)
    const want = this.#desk.open.get(key)
    if (want !== undefined) this.#broadcast([want])
  }

  #broadcast(wants: readonly ClientWant[]): void {
    const now = this.#desk.now()
    for (const want of wants) {
      if (this.#shared.broadcast.has(want.shared.key)) continue
      this.#shared.broadcast.add(want.shared.key)
      const peers = this.#desk.peers()
      const targets = this.#hooks.targets?.(peers, want, now) ?? peers
      for (const peer of targets) this.#shared.tell(this.#desk, want, peer)
    }
  }

  #sent(wants: readonly ClientWant[]): void {
    for (const { shared } of wants) {
      if (!this.#toFetch.delete(shared.key) && this.#live.has(shared.key)) continue
      this.#live.set(shared.key, this.#desk.now())
    }
    if (this.#idle.at === Infinity) this.#idle.start(this.#desk.now())
    this.#setAlarm()
  }

  /** Nobody in the session has `exhausted`; or, without it, nothing came for too long. */
  #findMore(exhausted: readonly ClientWant[] | undefined): void {
    const now = this.#desk.now()
    const wants = exhausted ?? this.#oldestLive(now)
    this.#broadcast(wants)
    const first = wants[0]
    if (first !== undefined && this.#idle.ticks === 0) this.#desk.search(first)
    if (this.#live.size > 0) this.#idle.ticked(now)
    else this.#idle.stop()
    this.#setAlarm()
  }

  #oldestLive(now: number): ClientWant[] {
    const oldest: ClientWant[] = []
    for (const key of this.#live.keys()) {
      const want = this.#desk.open.get(key)
      if (want === undefined) continue
      this.#live.set(key, now)
      if (oldest.push(want) >= this.#settings.broadcastWants) break
    }
    return oldest
  }

  #searchOne(now: number): void {
    this.#periodicAt = now + this.#settings.rebroadcastMs
    if (this.#live.size === 0) return
    const keys = [...this.#live.keys()]
    const key = keys[Math.floor(this.#random.next() * keys.length)]
    const want = key === undefined ? undefined : this.#desk.open.get(key)
    if (want === undefined) return
    this.#desk.search(want)
    this.#broadcast([want])
  }

  #tellAgain(now: number): void {
    this.#tellAgainAt = now + TELL_AGAIN_MS / 2
    for (const [peer, key] of this.#shared.timeouts.takeUnanswered(TELL_AGAIN_MS, now)) {
      const want = this.#desk.open.get(key)
      const type = want === undefined ? undefined : this.#desk.askedFor(want, peer)
      if (want !== undefined && type !== undefined) this.#desk.askAgain(want, peer, type)
    }
  }

  /** Whom a strategy that asks in steps asks next. */
  #tellMore(now: number): void {
    const { steps } = this.#hooks
    if (steps === undefined) return
    for (const want of this.#desk.open.values()) {
      if (steps.nextAt(want) > now) continue
      for (const peer of steps.more(want, this.#desk.peers(), now)) this.#shared.tell(this.#desk, want, peer)
    }
  }

  #end(want: ClientWant): void {
    const { key } = want.shared
    this.#sender.delete(key)
    this.#toFetch.delete(key)
    this.#live.delete(key)
    this.#asked.delete(key)
    this.#hooks.ended?.(want)
    // Another session may want it still; then it tells everybody anew should it have to.
    this.#shared.ended(key)
  }

  #setAlarm(): void {
    if (this.#desk.open.size === 0) return
    let at = Math.min(this.#idle.at, this.#periodicAt, this.#tellAgainAt, this.#shared.timeouts.nextAt())
    const { steps } = this.#hooks
    if (steps !== undefined) for (const want of this.#desk.open.values()) at = Math.min(at, steps.nextAt(want))
    this.#desk.wakeAt(at)
  }
}
