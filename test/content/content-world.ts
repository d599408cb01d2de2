import { encode as encodePb, code as DAG_PB, prepare } from '@ipld/dag-pb'
import { MemoryDatastore } from 'datastore-core'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { NodeHashers } from '../../src/hashing/hashers.ts'
import { SHA2_256_CODE } from '../../src/hashing/hash-codes.ts'
import { Collector, type CollectEvent } from '../../src/content/collector.ts'
import { Pinner } from '../../src/content/pinner.ts'
import { PinStore } from '../../src/content/pin-store.ts'
import { KeptBlockstore } from '../../src/storage/kept-blockstore.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Datastore } from 'interface-datastore'

export interface Made {
  readonly cid: CID
  readonly bytes: Uint8Array
}

const hashers = new NodeHashers()

export function cidOf(code: number, bytes: Uint8Array): CID {
  return CID.createV1(code, Digest.create(SHA2_256_CODE, hashers.digest(SHA2_256_CODE, bytes)))
}

export function leaf(text: string): Made {
  const bytes = new TextEncoder().encode(text)
  return { cid: cidOf(0x55, bytes), bytes }
}

export function node(children: readonly Made[], data = ''): Made {
  const links = children.map(({ cid, bytes }, i) => ({ Hash: cid, Name: String(i), Tsize: bytes.byteLength }))
  const bytes = encodePb(prepare({ Data: new TextEncoder().encode(data), Links: links }))
  return { cid: cidOf(DAG_PB, bytes), bytes }
}

/** Pins and blocks as a process has them; another world on the same `memory` and `datastore` is the next process. */
export function contentWorld(memory = new MemoryBlockstore(), datastore: Datastore = new MemoryDatastore()) {
  const blocks = new KeptBlockstore(memory, toBlockstorePort(memory))
  const pins = new PinStore(datastore)
  const pinner = new Pinner(pins, blocks)
  const roots = async function* () {
    for await (const { cid, mode } of pins.all()) yield { cid, recursive: mode === 'recursive' }
  }
  const clock = new ManualClock()
  const collector = new Collector({ store: blocks, roots, clock })
  return { memory, datastore, blocks, pins, pinner, collector, clock }
}

export async function gather(events: AsyncIterable<CollectEvent>): Promise<string[]> {
  const removed: string[] = []
  for await (const event of events) if (event.type === 'removed') removed.push(event.cid.toString())
  return removed
}
