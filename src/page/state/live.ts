import { batch, signal, type ReadonlySignal } from '@preact/signals'
import type { InsightEvent, Listing, ListingChange, Snapshot, SnapshotChange } from '../insight.ts'
import type { LogRow, PartnerRow, RefusedRow, SessionRow, TrafficPart, WantRow } from '../insight.ts'

/** Lines of the log that the page keeps. */
export const MAX_LOG_LINES = 2_000

/** A list of the feed: its rows by id, so that a change costs what it changes. */
class LiveList<Row extends { readonly id: string }> {
  /** Bounded: the daemon sends no more than was asked for; see `FEED_QUERY`. */
  readonly #rows = new Map<string, Row>()
  readonly #shown = signal<Listing<Row>>({ total: 0, rows: [] })
  #total = 0
  #isStale = false

  get shown(): ReadonlySignal<Listing<Row>> {
    return this.#shown
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id)
  }

  replace(listing: Listing<Row>): void {
    this.#rows.clear()
    for (const row of listing.rows) this.#rows.set(row.id, row)
    this.#total = listing.total
    this.#isStale = true
  }

  change({ total, set, gone }: ListingChange<Row>): void {
    for (const id of gone) this.#rows.delete(id)
    for (const row of set) this.#rows.set(row.id, row)
    this.#total = total
    this.#isStale = true
  }

  publish(): void {
    if (!this.#isStale) return
    this.#isStale = false
    this.#shown.value = { total: this.#total, rows: Array.from(this.#rows.values()) }
  }
}

type Parts = Pick<Snapshot, 'peer' | 'traffic' | 'engine' | 'store' | 'providing'>

/**
 * What the feed has told, as signals. Everything is taken in as it comes, and shown at once, unless the view is held: then
 * it is shown when it is let go.
 */
export class LiveState {
  readonly wants = new LiveList<WantRow>()
  readonly partners = new LiveList<PartnerRow>()
  readonly sessions = new LiveList<SessionRow>()
  readonly refused = new LiveList<RefusedRow>()
  readonly parts = {
    peer: signal<Parts['peer'] | undefined>(undefined),
    traffic: signal<Parts['traffic'] | undefined>(undefined),
    engine: signal<Parts['engine'] | undefined>(undefined),
    store: signal<Parts['store'] | undefined>(undefined),
    providing: signal<Parts['providing'] | undefined>(undefined)
  }
  readonly log = signal<readonly LogRow[]>([])
  /** When the daemon last told something, by its clock; and how far its clock is ahead of ours. */
  readonly at = signal(0)
  readonly isHeld = signal(false)
  /** The newest rates, held or not: the chart has no holes where somebody looked closely. */
  latestTraffic: TrafficPart | undefined
  #aheadMs = 0
  /** Parts that have come since the view is held. */
  #waiting: Partial<Parts> = {}
  /** Bounded: `MAX_LOG_LINES`. */
  #lines: readonly LogRow[] = []

  take(event: InsightEvent, now: number): void {
    const change = event.type === 'snapshot' ? this.#whole(event.snapshot) : this.#changed(event.change)
    this.#aheadMs = change.at - now
    const { peer, traffic, engine, store, providing } = change
    this.latestTraffic = traffic ?? this.latestTraffic
    Object.assign(this.#waiting, present({ peer, traffic, engine, store, providing }))
    if (!this.isHeld.value) this.#publish(change.at)
  }

  /** The time at the daemon. */
  now(here: number): number {
    return here + this.#aheadMs
  }

  hold(isHeld: boolean): void {
    this.isHeld.value = isHeld
    if (!isHeld) this.#publish(this.at.value)
  }

  #whole(snapshot: Snapshot): Omit<SnapshotChange, 'wants' | 'partners' | 'sessions' | 'refused'> {
    this.wants.replace(snapshot.wants)
    this.partners.replace(snapshot.partners)
    this.sessions.replace(snapshot.sessions)
    this.refused.replace(snapshot.refused)
    this.#lines = snapshot.log.slice(-MAX_LOG_LINES)
    return snapshot
  }

  #changed(change: SnapshotChange): SnapshotChange {
    if (change.wants !== undefined) this.wants.change(change.wants)
    if (change.partners !== undefined) this.partners.change(change.partners)
    if (change.sessions !== undefined) this.sessions.change(change.sessions)
    if (change.refused !== undefined) this.refused.change(change.refused)
    if (change.log !== undefined) this.#lines = [...this.#lines, ...change.log].slice(-MAX_LOG_LINES)
    return change
  }

  #publish(at: number): void {
    const { peer, traffic, engine, store, providing } = this.#waiting
    this.#waiting = {}
    batch(() => {
      this.at.value = at
      if (peer !== undefined) this.parts.peer.value = peer
      if (traffic !== undefined) this.parts.traffic.value = traffic
      if (engine !== undefined) this.parts.engine.value = engine
      if (store !== undefined) this.parts.store.value = store
      if (providing !== undefined) this.parts.providing.value = providing
      for (const list of [this.wants, this.partners, this.sessions, this.refused]) list.publish()
      this.log.value = this.#lines
    })
  }
}

/** Without the fields that are undefined. */
function present(parts: { readonly [Part in keyof Parts]: Parts[Part] | undefined }): Partial<Parts> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
}
