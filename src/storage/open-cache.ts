import { InvalidParametersError } from '../errors.ts'
import { MemoryCache, StoreCache, type BlockCache } from './block-cache.ts'
import { MeteredCache } from './metered-cache.ts'
import { openBlockTier, type BlockTierOptions } from './open-block-tier.ts'
import { bytesOf, parseStorageSpec } from './storage-spec.ts'
import { StoreMeter, type StoreStats } from './store-stats.ts'

export interface OpenedCache {
  readonly cache: BlockCache
  readonly stats: () => StoreStats
  readonly close: () => Promise<void>
}

/** Opens a store of blocks as a cache: it must say how much it may hold. */
export async function openCache(
  text: string,
  options: BlockTierOptions & { readonly name: string }
): Promise<OpenedCache> {
  const maxBytes = bytesOf(/[?&]maxBytes=([^&]*)/u.exec(text)?.[1])
  if (maxBytes === undefined || maxBytes === 0) {
    throw new InvalidParametersError(
      `storage ${text} stands before another one, as a cache: say how much it may hold, as in ${text}?maxBytes=64MB`
    )
  }
  if (text.startsWith('memory:')) {
    parseStorageSpec(text, { memory: { maxBytes: 'bytes' } })
    const meter = new StoreMeter({ name: options.name, kind: 'memory', location: '' })
    return metered(new MemoryCache(maxBytes), meter, () => Promise.resolve())
  }
  const { kind, location, store, close } = await openBlockTier(text, options, { maxBytes: 'bytes' })
  const meter = new StoreMeter({ name: options.name, kind, location })
  try {
    const failed = (error: unknown): void => {
      meter.failed()
      options.logger?.warn('a cache of blocks does not do its part', { location, error })
    }
    return metered(await StoreCache.open(store, maxBytes, failed), meter, close)
  } catch (error) {
    await close()
    throw error
  }
}

function metered(cache: BlockCache, meter: StoreMeter, close: () => Promise<void>): OpenedCache {
  const stats = (): StoreStats => ({ ...meter.stats(), heldBytes: cache.heldBytes, maxBytes: cache.maxBytes })
  return { cache: new MeteredCache(cache, meter), stats, close }
}
