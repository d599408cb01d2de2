import type { PeerId } from '../ids.ts'
import type { Clock } from '../ports.ts'
import type { Pace } from './pace.ts'

/** A session with wants that wait for busy peers. */
export interface RoomSeeker {
  /** Wants that wait. */
  readonly waiting: number
  /** How many more wants the peer can be told, the same for all seekers. */
  roomAt(peer: PeerId): number
  /** It asks a peer for more while the peer owes less than this. */
  limitAt(pace: Pace): number
  /** A peer that it waits for may have room. */
  hasRoom(): void
}

/** Wants that a seeker asks at once of a peer that others need as well, at least. */
const USUAL_TAKE = 8

/**
 * Who waits for room at busy peers, each peer with a row of its own. When a peer has room, those first in its row are told,
 * as many as there is room for, and keep their place until they leave. Whoever leaves makes the next ones look: so nobody
 * waits in vain, whatever those before did with the room.
 */
export class Rows {
  /** Bounded: connected peers; each row by open sessions. */
  readonly #rows = new Map<PeerId, Set<RoomSeeker>>()
  /** Bounded: open sessions; each by the peers that one asks, members and strangers. */
  readonly #places = new Map<RoomSeeker, Set<PeerId>>()
  /** Peers that may have room. Bounded: connected peers. */
  readonly #freed = new Set<PeerId>()
  readonly #clock: Pick<Clock, 'defer'>
  readonly #paceOf: (peer: PeerId) => Pace | undefined

  constructor(clock: Pick<Clock, 'defer'>, paceOf: (peer: PeerId) => Pace | undefined) {
    this.#clock = clock
    this.#paceOf = paceOf
  }

  /** Seekers that wait. */
  get size(): number {
    return this.#places.size
  }

  /** Waits at these peers, and at no others; where it waits already, it keeps its place. */
  wait(seeker: RoomSeeker, peers: ReadonlySet<PeerId>): void {
    const places = this.#places.get(seeker)
    if (places === undefined && peers.size === 0) return
    places?.forEach((peer) => {
      if (!peers.has(peer)) this.#step(seeker, peer)
    })
    if (peers.size === 0) this.#places.delete(seeker)
    else this.#places.set(seeker, new Set(peers))
    for (const peer of peers) {
      const row = this.#rows.get(peer)
      if (row === undefined) this.#rows.set(peer, new Set([seeker]))
      else row.add(seeker)
    }
  }

  /** It does not wait any more. */
  leave(seeker: RoomSeeker): void {
    const places = this.#places.get(seeker)
    if (places === undefined) return
    this.#places.delete(seeker)
    for (const peer of places) this.#step(seeker, peer)
  }

  /** The peer is not connected any more: who waited for it hears of that by itself. */
  gone(peer: PeerId): void {
    this.#rows.get(peer)?.forEach((seeker) => this.#places.get(seeker)?.delete(peer))
    this.#rows.delete(peer)
    this.#freed.delete(peer)
  }

  /** The peer owes less than before. */
  freed(peer: PeerId): void {
    if (!this.#rows.has(peer)) return
    this.#freed.add(peer)
    if (this.#freed.size === 1) this.#clock.defer(() => this.#tellAll())
  }

  #step(seeker: RoomSeeker, peer: PeerId): void {
    const row = this.#rows.get(peer)
    if (row?.delete(seeker) !== true) return
    if (row.size === 0) this.#rows.delete(peer)
    else this.freed(peer)
  }

  #tellAll(): void {
    const freed = [...this.#freed]
    this.#freed.clear()
    for (const peer of freed) this.#tell(peer)
  }

  #tell(peer: PeerId): void {
    const pace = this.#paceOf(peer)
    if (pace === undefined) return
    let most: number | undefined
    let owed = pace.outstanding
    for (const seeker of this.#rows.get(peer) ?? []) {
      most ??= mostAt(pace, seeker.roomAt(peer))
      if (owed >= most) return
      if (owed >= seeker.limitAt(pace)) continue
      owed += Math.min(seeker.waiting, USUAL_TAKE)
      seeker.hasRoom()
    }
  }
}

/** No limit is above this. Who owes nothing is no reason to wait, even where no more can be told. */
function mostAt(pace: Pace, room: number): number {
  const most = 2 * pace.window()
  return pace.outstanding === 0 ? most : Math.min(most, pace.outstanding + room)
}
