import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { Collector, type KeptRoot } from '../../content/collector.ts'
import { PinStore } from '../../content/pin-store.ts'
import { Pinner } from '../../content/pinner.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import { KeptBlockstore } from '../../storage/kept-blockstore.ts'
import { DamageBook } from './damage-book.ts'
import { systemClock } from '../system-clock.ts'

/** The blocks of a peer, and what keeps them. Everybody must store by way of these `blocks`. */
export interface Keeping {
  readonly blocks: KeptBlockstore
  readonly pinner: Pinner
  readonly collector: Collector
  /** What was found damaged. */
  readonly damage: DamageBook
}

/** `port` is the same store, as the exchange sees it. */
export function openKeeping(
  store: InterfaceBlockstore,
  port: Blockstore,
  datastore: Datastore,
  warn?: (message: string) => void
): Keeping {
  const blocks = new KeptBlockstore(store, port)
  const pinner = new Pinner(new PinStore(datastore), blocks)
  const damage = new DamageBook({ datastore, blocks, warn })
  const collector = new Collector({
    store: blocks,
    roots: rootsOf(pinner),
    missed: (options) => damage.missed(options),
    clock: systemClock
  })
  return { blocks, pinner, collector, damage }
}

function rootsOf(pinner: Pinner) {
  return async function* (options: AbortOptions): AsyncGenerator<KeptRoot> {
    for await (const { cid, mode } of pinner.all(options)) yield { cid, recursive: mode === 'recursive' }
  }
}
