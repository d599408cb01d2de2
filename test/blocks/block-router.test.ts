import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { BlockRouter, type StoredBlock } from '../../src/blocks/block-router.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { cidKey, type CidKey, type PeerId } from '../../src/ids.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import type { WireBlock } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import type { MaybePromise } from '../../src/ports.ts'
import { blockOf, numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { WantTable, type Holder } from '../../src/wants/want-table.ts'
import { CountingHashers } from '../support/counting-hashers.ts'
import { ALICE, BOB } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { sampleCidV0 } from '../support/wire-samples.ts'

const real = await createHashers()
const [A, B, C] = [numberedBlock(1), numberedBlock(2), numberedBlock(3)]
const ANY: Holder = { fulfilled: () => undefined, presence: () => undefined, failed: () => undefined }

function wire({ cid, bytes }: SampleBlock): WireBlock {
  return { prefix: cidPrefix(cid), bytes }
}

/** A router in a world that writes down what becomes of blocks, in order. */
class World {
  readonly hashers = new CountingHashers(real)
  readonly table = new WantTable()
  readonly logger = new RecordingLogger()
  readonly stored = new Map<CidKey, Uint8Array>()
  /** Peers and what they were asked for of late. */
  readonly told = new Set<string>()
  /** Bounded: by the test. */
  readonly log: string[] = []
  put: (cid: CID, bytes: Uint8Array) => MaybePromise<void> = () => undefined
  onFulfilled: () => void = () => undefined
  readonly router: BlockRouter
  /** Names of the blocks of the test. */
  readonly #names = new Map<CidKey, string>([A, B, C].map(({ cid }, i) => [cidKey(cid), 'abc'.charAt(i)]))

  constructor() {
    const note = (line: string): void => void this.log.push(line)
    this.router = new BlockRouter({
      wants: {
        table: this.table,
        claim: (want) => {
          const known = this.table.get(cidKey(want.cid))
          if (known !== undefined) known.claimed = true
        },
        wasTold: (peer, key) => this.told.has(`${peer} ${key}`),
        fulfil: (key, _bytes, from) => {
          this.onFulfilled()
          note(`fulfil ${this.#name(key)} from ${from ?? 'here'}`)
          return this.table.fulfil(key) !== undefined
        },
        failed: (key, error) => {
          const want = this.table.get(key)
          if (want !== undefined) want.claimed = false
          note(`failed ${this.#name(key)}: ${error.name}, ${error.message.replace(/^.*: /u, '')}`)
        }
      },
      partners: {
        blocksStored: (blocks: readonly StoredBlock[]) =>
          note(`wake for ${blocks.map(({ key, size }) => `${this.#name(key)} of ${size}`).join(', ')}`)
      },
      ledger: { received: (peer: PeerId, bytes, blocks) => note(`${peer} earns ${bytes} bytes, ${blocks} block`) },
      peers: { lied: (peer: PeerId) => note(`${peer} lied`), storing: () => () => undefined },
      blockstore: {
        put: (cid, bytes) => {
          note(`put ${this.#name(cidKey(cid))}`)
          this.stored.set(cidKey(cid), bytes)
          return this.put(cid, bytes)
        }
      },
      hashers: this.hashers,
      logger: this.logger
    })
  }

  want(...blocks: readonly SampleBlock[]): void {
    for (const { cid } of blocks) this.table.hold(cid, cidKey(cid), ANY)
  }

  receive(from: PeerId, ...blocks: readonly SampleBlock[]): MaybePromise<void> {
    return this.router.received(from, blocks.map(wire))
  }

  #name(key: CidKey): string {
    return this.#names.get(key) ?? 'unnamed'
  }
}

describe('BlockRouter, a wanted block', () => {
  it('invariant 5: is stored, then earns credit, then goes to who waits, then to partners', () => {
    const world = new World()
    world.want(A)
    expect(world.receive(ALICE, A)).toBeUndefined()
    expect(world.log).toEqual(['put a', 'alice earns 64 bytes, 1 block', 'fulfil a from alice', 'wake for a of 64'])
    expect(world.router.tally).toMatchObject({ blocks: 1, bytes: 64, duplicateBlocks: 0, unwantedBlocks: 0, faults: 0 })
  })

  it('invariant 5: nobody hears of it before a slow store is done', async () => {
    const world = new World()
    const gate = Promise.withResolvers<undefined>()
    world.put = () => gate.promise
    world.want(A)
    const done = world.receive(ALICE, A)
    expect(world.log).toEqual(['put a'])
    gate.resolve(undefined)
    await done
    expect(world.log.length).toBe(4)
  })

  it('wakes partners once for all the blocks of a message', async () => {
    const world = new World()
    world.put = (cid) => (cid.equals(B.cid) ? Promise.resolve() : undefined)
    world.want(A, B)
    await world.receive(ALICE, A, B)
    expect(world.log.filter((line) => line.startsWith('wake'))).toEqual(['wake for a of 64, b of 64'])
  })

  it('is stored under the CID it was wanted by, whatever its prefix says', () => {
    const world = new World()
    world.want(A)
    const v0 = sampleCidV0(0)
    void world.router.received(ALICE, [{ prefix: cidPrefix(v0), bytes: A.bytes }])
    expect(world.log[0]).toBe('put a')
  })

  it('may be empty', () => {
    const world = new World()
    const empty = blockOf(new Uint8Array(0))
    world.want(empty)
    void world.receive(ALICE, empty)
    expect([world.stored.get(cidKey(empty.cid))?.byteLength, world.table.size]).toEqual([0, 0])
  })

  it('is copied when it is a small part of a large message, and kept as it is when it is most of it', () => {
    const world = new World()
    world.want(A, B)
    const message = new Uint8Array(100_000)
    message.set(A.bytes, 500)
    const view = message.subarray(500, 500 + A.bytes.length)
    void world.router.received(ALICE, [{ prefix: cidPrefix(A.cid), bytes: view }, wire(B)])
    expect(world.stored.get(cidKey(A.cid))?.buffer).not.toBe(message.buffer)
    expect(world.stored.get(cidKey(B.cid))).toBe(B.bytes)
  })

  it('is copied out of a Buffer, too, whose slice would share its memory', () => {
    const world = new World()
    world.want(A)
    const message = Buffer.alloc(100_000)
    message.set(A.bytes, 500)
    void world.router.received(ALICE, [{ prefix: cidPrefix(A.cid), bytes: message.subarray(500, 564) }])
    message.fill(0)
    expect(Buffer.from(world.stored.get(cidKey(A.cid)) ?? []).equals(A.bytes)).toBe(true)
  })
})

describe('BlockRouter, a block that was not waited for', () => {
  it('a twin that arrives during the write is a duplicate, written once', async () => {
    const world = new World()
    const gate = Promise.withResolvers<undefined>()
    world.put = () => gate.promise
    world.want(A)
    const first = world.receive(ALICE, A)
    const second = world.receive(BOB, A)
    gate.resolve(undefined)
    await Promise.all([first, second])
    expect(world.log).toEqual(['put a', 'alice earns 64 bytes, 1 block', 'fulfil a from alice', 'wake for a of 64'])
    expect(world.router.tally).toMatchObject({ blocks: 2, duplicateBlocks: 1, duplicateBytes: 64 })
  })

  it('twins in one message are one block and one duplicate', () => {
    const world = new World()
    world.want(A)
    void world.receive(ALICE, A, A)
    expect(world.log.filter((line) => line === 'put a').length).toBe(1)
  })

  it('a late copy of a block that came is a duplicate, and no lie', () => {
    const world = new World()
    world.want(A, B)
    void world.receive(ALICE, A)
    world.log.length = 0
    void world.receive(BOB, A)
    expect([world.log, world.router.tally.duplicateBlocks]).toEqual([[], 1])
  })

  it('is dropped unhashed while nothing of its kind is wanted', () => {
    const world = new World()
    void world.receive(ALICE, A, B)
    expect([world.hashers.count, world.log]).toEqual([0, []])
    expect(world.router.tally).toMatchObject({ unwantedBlocks: 2, unwantedBytes: 128, faults: 0 })
  })

  it('is never stored, and is held against who sent it while others of its kind are wanted', () => {
    const world = new World()
    world.want(B)
    void world.receive(ALICE, A)
    expect(world.log).toEqual(['alice lied'])
    expect([world.stored.size, world.router.tally.unwantedBlocks]).toEqual([0, 1])
  })
})

describe('BlockRouter, bad blocks', () => {
  it('invariant 4: bytes that are not those of the CID are never stored; the others of the message are', () => {
    const world = new World()
    world.want(A, B, C)
    const forged = { prefix: cidPrefix(B.cid), bytes: Uint8Array.from(B.bytes, (byte) => byte ^ 1) }
    void world.router.received(ALICE, [wire(A), forged, wire(C)])
    expect([...world.stored.keys()]).toEqual([cidKey(A.cid), cidKey(C.cid)])
    expect(world.log).toContain('alice lied')
    expect(world.table.get(cidKey(B.cid))?.claimed).toBe(false)
  })

  it.each<[string, WireBlock]>([
    ['too large', { prefix: cidPrefix(A.cid), bytes: new Uint8Array(MAX_BLOCK_BYTES + 1) }],
    ['of a bad prefix', { prefix: Uint8Array.of(1, 2, 3), bytes: A.bytes }],
    ['of an unknown hash function', { prefix: Uint8Array.of(1, 0x55, 0x11, 20), bytes: A.bytes }]
  ])('a block %s is a fault of its sender', (_name, block) => {
    const world = new World()
    world.want(A)
    void world.router.received(ALICE, [block])
    expect([world.log, world.router.tally.faults, world.stored.size]).toEqual([['alice lied'], 1, 0])
  })
})

describe('BlockRouter, a store that fails', () => {
  it.each<[string, World['put']]>([
    ['later', () => Promise.reject(new Error('ENOSPC'))],
    [
      'at once',
      () => {
        throw new Error('ENOSPC')
      }
    ]
  ])('%s: whoever waits hears of it, nobody earns or is woken, and the block may come again', async (_name, put) => {
    const world = new World()
    world.want(A, B)
    world.put = (cid, bytes) => (cid.equals(A.cid) ? put(cid, bytes) : undefined)
    await world.receive(ALICE, A, B)
    expect(world.log.filter((line) => !line.endsWith('b') && !line.includes('put'))).toEqual(
      expect.arrayContaining(['failed a: StoreError, ENOSPC', 'wake for b of 64'])
    )
    expect(world.log).not.toContain('fulfil a from alice')
    expect(world.logger.messages('error').length).toBe(1)
    world.put = () => undefined
    world.log.length = 0
    await world.receive(BOB, A)
    expect(world.log).toContain('fulfil a from bob')
  })

  it('a want that was given up while its block was written harms nothing', async () => {
    const world = new World()
    const gate = Promise.withResolvers<undefined>()
    world.put = () => gate.promise
    world.want(A)
    const done = world.receive(ALICE, A)
    world.table.release(cidKey(A.cid), ANY)
    gate.resolve(undefined)
    await done
    expect(world.log.at(-1)).toBe('wake for a of 64')
  })

  it.each<[string, World['put']]>([
    ['at once', () => undefined],
    ['later', () => Promise.resolve()]
  ])('stored %s: who throws on hearing of it is not mistaken for a store that failed', async (_name, put) => {
    const world = new World()
    world.put = put
    world.want(A)
    world.onFulfilled = () => {
      throw new Error('bad listener')
    }
    await world.receive(ALICE, A)
    expect(world.log).toEqual(['put a', 'alice earns 64 bytes, 1 block', 'wake for a of 64'])
    expect(world.logger.messages('error')).toEqual(['a block is stored, and telling of it failed'])
  })
})
