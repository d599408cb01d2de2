import type { CID } from 'multiformats/cid'
import { StoreError } from '../errors.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { WireBlock } from '../message/message.ts'
import type { Blockstore, Hashers, Logger, MaybePromise } from '../ports.ts'
import type { Tally } from '../tally.ts'
import { Slab } from './slab.ts'
import { identify, type Refusal } from './verify.ts'

interface ClaimableWant {
  readonly cid: CID
  readonly claimed: boolean
}

/** The wants that blocks are measured against. */
export interface Wants {
  readonly table: {
    get(key: CidKey): ClaimableWant | undefined
    awaits(code: number, length: number): boolean
    wasRecent(key: CidKey): boolean
  }
  claim(want: ClaimableWant, bytes: number, from: PeerId): void
  wasTold(peer: PeerId, key: CidKey): boolean
  fulfil(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): boolean
  failed(key: CidKey, error: Error): void
}

/** Whoever waits for blocks of ours: the Engine. */
export interface Partners {
  blocksStored(blocks: readonly StoredBlock[]): void
}

export interface StoredBlock {
  readonly cid: CID
  readonly key: CidKey
  readonly size: number
}

export interface BlockRouterParts {
  readonly wants: Wants
  readonly partners: Partners
  readonly ledger: { received(peer: PeerId, bytes: number, blocks: number): void }
  readonly peers: { lied(peer: PeerId): void; storing(peer: PeerId): () => void }
  readonly blockstore: Pick<Blockstore, 'put'>
  readonly hashers: Hashers
  readonly logger: Logger
  /** The bytes of a block that arrived, in memory that they may stay in. By default, small ones are copied. */
  readonly own?: ((bytes: Uint8Array) => Uint8Array) | undefined
}

/** What became of the blocks that arrived. Bytes are block bytes. */
export interface BlockTally {
  blocks: number
  bytes: number
  duplicateBlocks: number
  duplicateBytes: number
  unwantedBlocks: number
  unwantedBytes: number
  /** Broke a rule: too large, unreadable prefix, unknown hash function, or bytes that are not what was asked for. */
  faults: number
  /** Sizes of all blocks, and of those that came before; where somebody wants to know. */
  sizes?: Tally
  duplicateSizes?: Tally
}

/** One message's worth of blocks on its way into the store. */
interface Arrival {
  readonly from: PeerId
  readonly stored: StoredBlock[]
}

/**
 * Every incoming block passes here: verify, claim, store, credit the ledger, fulfil the holders, wake the partners.
 * Invariants 4 and 5: nothing is stored or handed on that does not hash to its CID, and nothing is handed on before it is
 * stored.
 */
export class BlockRouter {
  readonly tally: BlockTally = {
    blocks: 0,
    bytes: 0,
    duplicateBlocks: 0,
    duplicateBytes: 0,
    unwantedBlocks: 0,
    unwantedBytes: 0,
    faults: 0
  }
  readonly #parts: BlockRouterParts
  readonly #own: (bytes: Uint8Array) => Uint8Array
  readonly #awaits: (code: number, length: number) => boolean

  constructor(parts: BlockRouterParts) {
    this.#parts = parts
    const slab = new Slab()
    this.#own = parts.own ?? ((bytes) => slab.own(bytes))
    this.#awaits = (code, length) => parts.wants.table.awaits(code, length)
  }

  /** Takes the blocks of one message. Settles when all of them are stored or dropped; never rejects. */
  received(from: PeerId, blocks: readonly WireBlock[]): MaybePromise<void> {
    const arrival: Arrival = { from, stored: [] }
    const writes: Promise<void>[] = []
    for (const block of blocks) {
      const write = this.#take(arrival, block)
      if (write !== undefined) writes.push(write)
    }
    if (writes.length === 0) {
      this.#wake(arrival)
      return
    }
    const stored = this.#parts.peers.storing(from)
    return Promise.all(writes).then(() => {
      stored()
      this.#wake(arrival)
    })
  }

  #take(arrival: Arrival, block: WireBlock): Promise<void> | undefined {
    const { from } = arrival
    this.tally.blocks++
    this.tally.bytes += block.bytes.byteLength
    this.tally.sizes?.add(block.bytes.byteLength)
    const found = identify(block, this.#awaits, this.#parts.hashers)
    if ('refused' in found) {
      this.#refuse(from, block, found.refused)
      return undefined
    }
    const want = this.#parts.wants.table.get(found.key)
    if (want === undefined || want.claimed) {
      this.#drop(from, found.key, block, want !== undefined)
      return undefined
    }
    // Before it is stored: a slow disk of ours is no silence of the peer.
    this.#parts.wants.claim(want, block.bytes.byteLength, from)
    return this.#store(arrival, want.cid, found.key, this.#own(block.bytes))
  }

  /** Store, then tell. */
  #store(arrival: Arrival, cid: CID, key: CidKey, bytes: Uint8Array): Promise<void> | undefined {
    let put: MaybePromise<void>
    try {
      put = this.#parts.blockstore.put(cid, bytes)
    } catch (error) {
      this.#notStored(cid, key, error)
      return undefined
    }
    if (put === undefined) {
      this.#stored(arrival, cid, key, bytes)
      return undefined
    }
    return put.then(
      () => this.#stored(arrival, cid, key, bytes),
      (error: unknown) => this.#notStored(cid, key, error)
    )
  }

  /** Only wanted blocks earn credit. Whoever throws on hearing of the block does not harm the others of its message. */
  #stored(arrival: Arrival, cid: CID, key: CidKey, bytes: Uint8Array): void {
    arrival.stored.push({ cid, key, size: bytes.byteLength })
    try {
      this.#parts.ledger.received(arrival.from, bytes.byteLength, 1)
      this.#parts.wants.fulfil(key, bytes, arrival.from)
    } catch (error) {
      this.#parts.logger.error('a block is stored, and telling of it failed', { cid: cid.toString(), error })
    }
  }

  #notStored(cid: CID, key: CidKey, cause: unknown): void {
    this.#parts.logger.error('a block arrived and could not be stored', { cid: cid.toString(), cause })
    const why = cause instanceof Error ? cause.message : String(cause)
    const text = `block ${cid.toString()} arrived and could not be stored: ${why}`
    this.#parts.wants.failed(key, new StoreError(text, { cause }))
  }

  /** A partner that waits for one of these is served from the store. */
  #wake({ stored }: Arrival): void {
    if (stored.length > 0) this.#parts.partners.blocksStored(stored)
  }

  #refuse(from: PeerId, block: WireBlock, refused: Refusal): void {
    if (refused === 'unwanted') {
      this.tally.unwantedBlocks++
      this.tally.unwantedBytes += block.bytes.byteLength
      return
    }
    this.tally.faults++
    this.#parts.logger.debug('a block was refused', { peer: from, refused })
    this.#parts.peers.lied(from)
  }

  /** It hashed to something, but not to something that is still wanted: late, or a lie. */
  #drop(from: PeerId, key: CidKey, block: WireBlock, claimed: boolean): void {
    if (claimed || this.#parts.wants.table.wasRecent(key) || this.#parts.wants.wasTold(from, key)) {
      this.tally.duplicateBlocks++
      this.tally.duplicateBytes += block.bytes.byteLength
      this.tally.duplicateSizes?.add(block.bytes.byteLength)
      return
    }
    this.tally.unwantedBlocks++
    this.tally.unwantedBytes += block.bytes.byteLength
    this.#parts.peers.lied(from)
  }
}
