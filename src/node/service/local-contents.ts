import type { CID } from 'multiformats/cid'
import type { ContentService } from '../../api/service/content-service.ts'
import type { Exchange } from '../../exchange.ts'
import type { Blockstore, Hashers } from '../../ports.ts'
import type { AutoCollector } from '../keeping/auto-collector.ts'
import type { ProvidedContent } from '../routing/content-providing.ts'
import type { Keeping } from '../keeping/keeping.ts'
import { LocalDag } from './local-dag.ts'
import { LocalPins } from './local-pins.ts'
import { LocalStore } from './local-store.ts'

export interface ContentsParts {
  readonly keeping: Keeping
  readonly blocks: Blockstore
  readonly hashers: Hashers
  readonly exchange: Exchange | undefined
  readonly provided?: ProvidedContent | undefined
  readonly automatic?: AutoCollector | undefined
}

export interface LocalContents extends ContentService {
  readonly store: LocalStore
}

/** What this peer stores, as a whole. */
export function localContents(parts: ContentsParts): LocalContents {
  const { keeping, exchange, provided, automatic } = parts
  const pinned = async (cid: CID, recursive: boolean): Promise<void> => await provided?.pinned(cid, recursive)
  const stored = async (cids: readonly CID[]): Promise<void> => {
    await exchange?.notify(cids)
    await provided?.stored(cids)
  }
  return {
    pins: new LocalPins({ ...parts, pinner: keeping.pinner, pinned }),
    store: new LocalStore({ ...parts, automatic }),
    dag: new LocalDag({ ...parts, stored, pinned })
  }
}
