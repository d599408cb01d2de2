import type { StorePart, StoreRow } from '../../api/service/insight-snapshot.ts'
import type { StoreStats } from '../../storage/store-stats.ts'
import type { StorageChoice } from '../config/storage-section.ts'

/** Stores as the page shows them. */
export function shownStore({ blocks }: StorageChoice, stats: readonly StoreStats[]): Partial<StorePart> {
  return {
    spec: typeof blocks === 'string' ? blocks : blocks.join(', '),
    caches: stats
      .filter(({ maxBytes }) => maxBytes !== undefined)
      .map(({ name, hits, misses }) => ({ name, hits, lookups: hits + misses })),
    io: stats.map(toRow)
  }
}

/** How many blocks the stores found damaged since they were opened, and how many of these came again. */
export function damageSince(stats: readonly StoreStats[]): { readonly found: number; readonly healed: number } {
  let [found, healed] = [0, 0]
  for (const store of stats) {
    found += store.damaged ?? 0
    healed += store.healed ?? 0
  }
  return { found, healed }
}

function toRow({ name, kind, writeBytes, ...stats }: StoreStats): StoreRow {
  const { hits, misses, readBytes, readMs, writes, writeMs, errors } = stats
  const read = { reads: hits + misses, hits, misses, readBytes, readMs: Math.round(readMs) }
  return { store: `${name} (${kind})`, ...read, writes, writtenBytes: writeBytes, writeMs: Math.round(writeMs), errors }
}
