import type { ListingChange, SnapshotChange } from '../service/insight-service.ts'
import type { Listing, Snapshot } from '../service/insight-snapshot.ts'

interface Row {
  readonly id: string
}

/** What makes `after` of `before`; undefined when nothing does. */
export function diffSnapshots(before: Snapshot, after: Snapshot): SnapshotChange | undefined {
  const part = <Part>(one: Part, other: Part): Part | undefined => (isOther(one, other) ? other : undefined)
  const log = after.log.filter(({ seq }) => seq > (before.log.at(-1)?.seq ?? -Infinity))
  const change: Omit<SnapshotChange, 'at'> = {
    peer: part(before.peer, after.peer),
    traffic: part(before.traffic, after.traffic),
    engine: part(before.engine, after.engine),
    store: part(before.store, after.store),
    providing: part(before.providing, after.providing),
    wants: diffListing(before.wants, after.wants),
    partners: diffListing(before.partners, after.partners),
    sessions: diffListing(before.sessions, after.sessions),
    refused: diffListing(before.refused, after.refused),
    log: log.length > 0 ? log : undefined
  }
  return Object.values(change).some((one) => one !== undefined) ? { at: after.at, ...change } : undefined
}

/** The snapshot as it is after the change; rows that stay keep their place, new ones come last. `maxLog` lines are kept. */
export function applyChange(snapshot: Snapshot, change: SnapshotChange, maxLog: number): Snapshot {
  const { log = [] } = change
  return {
    at: change.at,
    peer: change.peer ?? snapshot.peer,
    traffic: change.traffic ?? snapshot.traffic,
    engine: change.engine ?? snapshot.engine,
    store: change.store ?? snapshot.store,
    providing: change.providing ?? snapshot.providing,
    wants: applyListing(snapshot.wants, change.wants),
    partners: applyListing(snapshot.partners, change.partners),
    sessions: applyListing(snapshot.sessions, change.sessions),
    refused: applyListing(snapshot.refused, change.refused),
    log: log.length === 0 ? snapshot.log : [...snapshot.log, ...log].slice(-maxLog)
  }
}

function diffListing<R extends Row>(before: Listing<R>, after: Listing<R>): ListingChange<R> | undefined {
  const old = new Map(before.rows.map((row) => [row.id, row]))
  const set = after.rows.filter((row) => {
    const known = old.get(row.id)
    old.delete(row.id)
    return known === undefined || isOther(known, row)
  })
  const gone = [...old.keys()]
  if (set.length === 0 && gone.length === 0 && before.total === after.total) return undefined
  return { total: after.total, set, gone }
}

function applyListing<R extends Row>(listing: Listing<R>, change: ListingChange<R> | undefined): Listing<R> {
  if (change === undefined) return listing
  const rows = new Map(listing.rows.map((row) => [row.id, row]))
  for (const id of change.gone) rows.delete(id)
  for (const row of change.set) rows.set(row.id, row)
  return { total: change.total, rows: [...rows.values()] }
}

/** Are these two pieces of plain JSON different? A field that is undefined is as one that is not there. */
function isOther(a: unknown, b: unknown): boolean {
  if (a === b) return false
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return true
  for (const name in a) if (isOther(a[name], b[name])) return true
  for (const name in b) if (b[name] !== undefined && a[name] === undefined) return true
  return false
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
