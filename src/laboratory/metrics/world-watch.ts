import { digestKey } from '../../ids.ts'
import { SHA2_256_CODE } from '../../hashing/hash-codes.ts'
import type { Message, WireBlock } from '../../message/message.ts'
import type { Hashers } from '../../ports.ts'
import type { KnownBlocks } from './known-blocks.ts'
import { PeerWatch, type RequestTimes } from './peer-watch.ts'

/** What the watch has to know of its world. */
export interface WatchedWorld {
  readonly peers: number
  readonly nowMs: () => number
  readonly hashers: Hashers
  readonly blocks: KnownBlocks
  /** Does this peer have the block of this key now? */
  readonly has: (peer: number, block: number) => boolean
  /** How long the core that this peer works with has been at work; 0 where nothing takes any. */
  readonly coreBusyMs: (peer: number) => number
  /** Round trip between two connected peers, if it is known. */
  readonly roundTripMs: (from: number, to: number) => number | undefined
}

const DIGEST_BYTES = 32

/**
 * Looks on while a world runs, and changes nothing: every message when it is handed to the network, when its last byte has
 * left and when it arrives, and every uplink when it begins to send and when it stops.
 */
export class WorldWatch {
  readonly #world: WatchedWorld
  /** Bounded: by the peers of the world. */
  readonly peers: readonly PeerWatch[]
  /** Bounded: by the requests of the world. */
  readonly requests: RequestTimes[] = []

  constructor(world: WatchedWorld) {
    this.#world = world
    this.peers = Array.from(
      { length: world.peers },
      (_, peer) => new PeerWatch(world.nowMs(), () => world.coreBusyMs(peer))
    )
  }

  /** A request begins; returns what its end is told with. */
  begin(peer: number, file: number): number {
    return this.peers[peer]?.begin(file, this.#world.nowMs()) ?? -1
  }

  end(peer: number, request: number): void {
    const times = this.peers[peer]?.end(request, peer, this.#world.nowMs())
    if (times !== undefined) this.requests.push(times)
  }

  /** A message is handed to the network. Returns what has to be called when it has left, if it holds blocks. */
  sent(from: number, to: number, message: Message): (() => void) | undefined {
    const [sender, receiver] = [this.peers[from], this.peers[to]]
    if (sender === undefined || receiver === undefined) return undefined
    this.#asks(sender, to, message)
    for (const { key, have } of message.presences) if (!have) this.#settle(from, to, this.#world.blocks.numberOf(key))
    if (message.blocks.length === 0) return undefined
    const now = this.#world.nowMs()
    let isNews = false
    for (const block of message.blocks) {
      const number = this.#numberOf(block)
      if (number === undefined) continue
      isNews ||= !receiver.sentHere.has(number)
      receiver.sentHere.add(number)
      this.#settle(from, to, number)
    }
    const kind = isNews ? 'news' : 'copies'
    receiver.time.change(now, kind, 1)
    return () => receiver.time.change(this.#world.nowMs(), kind, -1)
  }

  /** A message has arrived. */
  received(peer: number, from: number, message: Message): void {
    const [asker, now] = [this.peers[peer], this.#world.nowMs()]
    if (asker === undefined) return
    if (message.full) this.#forget(peer, from)
    for (const { key, type } of message.wants) if (type === 'block') this.#owe(peer, from, key)
    for (const { key } of message.cancels) this.#settle(peer, from, this.#world.blocks.numberOf(key))
    if (asker.isSearching) {
      for (const { key, have } of message.presences) if (have) this.#found(asker, this.#world.blocks.numberOf(key), now)
    }
    for (const block of message.blocks) this.#arrived(asker, peer, from, this.#numberOf(block), now)
  }

  /** The connection is gone: what one asked of the other is forgotten by both. */
  disconnected(peer: number, other: number): void {
    this.#forget(peer, other)
  }

  /** The peer is gone, and hears of no connection's end: what it is owed is forgotten, and what it owes. */
  left(peer: number): void {
    for (const server of this.peers.keys()) this.#forget(server, peer)
    for (const asker of [...(this.peers[peer]?.owed.keys() ?? [])]) this.#forget(peer, asker)
  }

  turned(peer: number, isBusy: boolean): void {
    const [server, now] = [this.peers[peer], this.#world.nowMs()]
    if (server === undefined || server.uplink.isBusy === isBusy) return
    server.uplink.turned(now, isBusy)
    for (const asker of server.owed.keys()) this.peers[asker]?.time.turned(now, isBusy)
  }

  #asks(sender: PeerWatch, to: number, { wants }: Message): void {
    const now = this.#world.nowMs()
    for (const { key } of wants) {
      const number = this.#world.blocks.numberOf(key)
      if (number === undefined) continue
      if (!sender.asked.has(number)) {
        sender.asked.set(number, now)
        sender.wants += 1
      }
      sender.told.add(number * this.peers.length + to)
    }
  }

  #arrived(asker: PeerWatch, peer: number, from: number, number: number | undefined, now: number): void {
    if (number === undefined) return
    if (asker.isSearching) this.#found(asker, number, now)
    const askedAt = asker.asked.get(number)
    const roundTrip = this.#world.roundTripMs(peer, from)
    // Negative once it is here: a copy that comes later is not counted again.
    if (askedAt === undefined || askedAt < 0) return
    asker.asked.set(number, -1)
    if (roundTrip !== undefined && roundTrip > 0) asker.roundTrips.push((now - askedAt) / roundTrip)
  }

  #found(asker: PeerWatch, number: number | undefined, now: number): void {
    if (number !== undefined) asker.found(this.#world.blocks.fileOf(number), now)
  }

  #owe(peer: number, asker: number, key: Message['wants'][number]['key']): void {
    const [server, number] = [this.peers[peer], this.#world.blocks.numberOf(key)]
    if (server === undefined || number === undefined || !this.#world.has(peer, number)) return
    const owed = server.owed.get(asker)
    if (owed !== undefined) {
      owed.add(number)
      return
    }
    const now = this.#world.nowMs()
    server.owed.set(asker, new Set([number]))
    server.uplink.waits(now, 1)
    this.peers[asker]?.time.change(now, server.uplink.isBusy ? 'busyServers' : 'idleServers', 1)
  }

  #settle(peer: number, asker: number, number: number | undefined): void {
    const owed = this.peers[peer]?.owed.get(asker)
    if (number === undefined || owed?.delete(number) !== true || owed.size > 0) return
    this.#forget(peer, asker)
  }

  #forget(peer: number, asker: number): void {
    const server = this.peers[peer]
    if (server?.owed.delete(asker) !== true) return
    const now = this.#world.nowMs()
    server.uplink.waits(now, -1)
    this.peers[asker]?.time.change(now, server.uplink.isBusy ? 'busyServers' : 'idleServers', -1)
  }

  /** All blocks of a virtual world are named by sha2-256, virtual or true. */
  #numberOf({ bytes }: WireBlock): number | undefined {
    const digest = this.#world.hashers.digestText(SHA2_256_CODE, bytes)
    return this.#world.blocks.numberOf(digestKey(SHA2_256_CODE, digest, DIGEST_BYTES))
  }
}
