import type { Batch, Datastore, Key } from 'interface-datastore'
import { MemoryDatastore } from 'datastore-core'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { localSource } from '../../src/content/collector.ts'
import { cidKey, type CidKey } from '../../src/ids.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { BaseDirectBlockstore } from '../../src/storage/direct-blockstore.ts'
import type { Lease } from '../../src/storage/kept-blockstore.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { SEED } from '../support/seed.ts'
import { contentWorld, leaf, node, type Made } from './content-world.ts'

/** A fast part of it always; all of it by `BARTER_GC_OPERATIONS=100000 BARTER_GC_SEEDS=20`. */
const OPERATIONS = Number(process.env['BARTER_GC_OPERATIONS'] ?? 3_000)
const SEEDS = Number(process.env['BARTER_GC_SEEDS'] ?? 4)
const LEAVES = 24
const SIDE_BY_SIDE = 8
const MAX_BELOW = 10

/** Every call on the disk takes its time, so that calls overtake each other; after a crash they never end. */
class Turns {
  readonly #clock: VirtualClock
  readonly #random: SeededRandom
  #crashed = false

  constructor(clock: VirtualClock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(1 + this.#random.below(20), () => {
        if (!this.#crashed) resolve()
      })
    })
  }

  crash(): void {
    this.#crashed = true
  }
}

/** A disk: what a call does happens at one moment between its beginning and its end. */
class SlowStore extends BaseDirectBlockstore {
  readonly #inner: MemoryBlockstore
  readonly #turns: Turns
  readonly #world: World

  constructor(inner: MemoryBlockstore, turns: Turns, world: World) {
    super()
    this.#inner = inner
    this.#turns = turns
    this.#world = world
  }

  override async readBlock(cid: CID): Promise<Uint8Array | undefined> {
    await this.#turns.take()
    if (this.#world.broken === cidKey(cid)) throw new Error('the disk failed')
    return this.#inner.readBlock(cid)
  }

  override async sizeOf(cid: CID): Promise<number | undefined> {
    await this.#turns.take()
    return this.#inner.sizeOf(cid)
  }

  override async writeBlock(cid: CID, bytes: Uint8Array): Promise<void> {
    await this.#turns.take()
    this.#inner.writeBlock(cid, bytes)
    await this.#turns.take()
  }

  override async delete(cid: CID): Promise<void> {
    await this.#turns.take()
    this.#inner.delete(cid)
    await this.#turns.take()
  }

  override async *getAll() {
    for (const pair of [...this.#inner.getAll()]) {
      await this.#turns.take()
      if (this.#inner.has(pair.cid)) yield pair
    }
  }
}

function slowDatastore(inner: MemoryDatastore, turns: Turns): Datastore {
  const slow = Object.create(inner) as MemoryDatastore
  slow.get = async (key: Key) => {
    await turns.take()
    return inner.get(key)
  }
  slow.batch = (): Batch => {
    const batch = inner.batch()
    return {
      put: batch.put.bind(batch),
      delete: batch.delete.bind(batch),
      commit: async () => {
        await turns.take()
        await batch.commit()
        await turns.take()
      }
    }
  }
  return slow
}

/** What must hold is known apart from the code under test: DAGs made here, and what was acknowledged. */
class World {
  readonly disk = new MemoryBlockstore()
  readonly records = new MemoryDatastore()
  readonly made = new Map<string, { readonly made: Made; readonly below: readonly string[] }>()
  broken: CidKey | undefined
  collections = 0
  aborted = 0
  removed = 0
  crashes = 0
  readonly failures: unknown[] = []
  readonly #random: SeededRandom
  readonly #clock = new VirtualClock()
  #turns: Turns
  #part: ReturnType<typeof contentWorld>
  #running = 0
  /** Puts that were acknowledged while a collection ran; they must be there when it ends. */
  #acknowledged = new Set<string>()
  /** Blocks somebody asks to remove just now, and how often that was asked. A put beside it may come before or after it. */
  readonly #removing = new Map<string, number>()
  readonly #removals = new Map<string, number>()

  constructor(seed: number) {
    this.#random = new SeededRandom(seed, 'gc')
    this.#turns = new Turns(this.#clock, this.#random)
    this.#part = this.#open()
    for (let i = 0; i < LEAVES; i++) this.#know(leaf(`leaf ${i}`), [])
  }

  async run(operations: number): Promise<void> {
    for (let done = 0; done < operations; done++) {
      while (this.#running >= SIDE_BY_SIDE) await this.#clock.advance(5)
      this.#begin()
      await this.#clock.advance(this.#random.below(40))
      // By chance alone, one seed in 400 would never crash.
      if (this.#random.next() < 0.002 || done === Math.floor(operations / 2)) this.#crash()
      if (done % 16 === 0) this.#checkPins()
    }
    while (this.#running > 0) await this.#clock.advance(100)
    this.#checkPins()
  }

  #open() {
    return contentWorld(
      new SlowStore(this.disk, this.#turns, this) as unknown as MemoryBlockstore,
      slowDatastore(this.records, this.#turns)
    )
  }

  #begin(): void {
    const operation = this.#pick(this.#random.next())
    this.#running += 1
    const turns = this.#turns
    const ended = (): void => {
      if (turns === this.#turns) this.#running -= 1
    }
    operation.then(ended, (error: unknown) => {
      // Of this world: not pinned, not here, the disk failed. Anything else is a finding.
      const expected =
        error instanceof Error && /PinError|NotFoundError|disk failed/.test(`${error.name} ${error.message}`)
      if (!expected && turns === this.#turns) this.failures.push(error)
      ended()
    })
  }

  #pick(die: number): Promise<void> {
    if (die < 0.2) return this.#add()
    if (die < 0.3) return this.#put()
    if (die < 0.4) return this.#pin()
    if (die < 0.75) return this.#unpin()
    if (die < 0.8) return this.#update()
    if (die < 0.88) return this.#removeBlock()
    return die < 0.98 ? this.#collect() : this.#breakDisk()
  }

  /** A tree of new and old blocks, stored from below, pinned at the end, as adding does it. */
  async #add(): Promise<void> {
    const { blocks, pinner } = this.#part
    const lease = blocks.lease()
    try {
      let level = this.#some(1 + this.#random.below(4))
      for (const { made } of level) await lease.put(made.cid, made.bytes)
      for (let depth = 1 + this.#random.below(3); depth > 0; depth--) {
        const children = [...level, ...(this.#random.next() < 0.3 ? this.#leaves(1) : [])]
        for (const { made, below } of children) {
          await lease.put(made.cid, made.bytes)
          for (const name of below) await this.#putMade(lease, name)
        }
        const parent = node(
          children.map(({ made }) => made),
          this.#random.next() < 0.2 ? String(this.#random.below(50)) : ''
        )
        level = [
          this.#know(
            parent,
            children.flatMap(({ made, below }) => [made.cid.toString(), ...below])
          )
        ]
        await lease.put(parent.cid, parent.bytes)
      }
      const [root] = level
      if (root !== undefined) await pinner.addStored(root.made.cid)
    } finally {
      lease.release()
    }
  }

  async #putMade(lease: Lease, name: string): Promise<void> {
    const known = this.made.get(name)
    if (known !== undefined) await lease.put(known.made.cid, known.made.bytes)
  }

  async #put(): Promise<void> {
    const [one] = this.#some(1)
    if (one === undefined) return
    const { made } = one
    const name = made.cid.toString()
    const { blocks, collector } = this.#part
    const before = collector.status().state !== 'idle'
    const removals = this.#removals.get(name)
    const alone = (this.#removing.get(name) ?? 0) === 0
    await blocks.writeBlock(made.cid, made.bytes)
    const unremoved = alone && removals === this.#removals.get(name)
    if (unremoved && before && collector.status().state !== 'idle') this.#acknowledged.add(name)
  }

  async #pin(): Promise<void> {
    const [one] = this.#some(1)
    const { pinner, blocks } = this.#part
    if (one !== undefined) await pinner.add(one.made.cid, localSource(blocks), { recursive: this.#random.next() < 0.8 })
  }

  async #unpin(): Promise<void> {
    const pins = await this.#pins()
    const pin = pins[this.#random.below(pins.length)]
    if (pin !== undefined) await this.#part.pinner.remove(pin.cid)
  }

  async #update(): Promise<void> {
    const pins = await this.#pins()
    const [to] = this.#some(1)
    const { pinner, blocks } = this.#part
    const from = pins[this.#random.below(pins.length)]
    if (from !== undefined && to !== undefined) await pinner.update(from.cid, to.made.cid, localSource(blocks))
  }

  async #removeBlock(): Promise<void> {
    const [one] = this.#some(1)
    if (one === undefined) return
    const name = one.made.cid.toString()
    const removing = (by: number): Map<string, number> => this.#removing.set(name, (this.#removing.get(name) ?? 0) + by)
    this.#acknowledged.delete(name)
    this.#removals.set(name, (this.#removals.get(name) ?? 0) + 1)
    removing(1)
    await this.#part.pinner.removeBlock(one.made.cid).finally(() => removing(-1))
  }

  async #collect(): Promise<void> {
    const { collector } = this.#part
    const stopAfter = this.#random.next() < 0.2 ? this.#random.below(10) : Infinity
    let removed = 0
    try {
      for await (const event of collector.collect()) {
        if (event.type !== 'removed') continue
        removed += 1
        if (removed > stopAfter) break
      }
      this.collections += 1
      for (const name of this.#acknowledged) {
        const known = this.made.get(name)
        if (known !== undefined && !this.disk.has(known.made.cid))
          throw new Error(`${name} was acknowledged and is gone`)
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'CollectAbortedError') throw error
      this.aborted += 1
      if (removed > 0) throw new Error(`an aborted collection removed ${removed} blocks`, { cause: error })
    } finally {
      this.removed += removed
      this.#acknowledged.clear()
    }
  }

  /** One block cannot be read for a while. */
  async #breakDisk(): Promise<void> {
    const pins = await this.#pins()
    const pin = pins[this.#random.below(pins.length)]
    this.broken = pin && cidKey(pin.cid)
    for (let i = 0; i < 10; i++) await this.#turns.take()
    this.broken = undefined
  }

  /** The process ends between two calls on the disk; the next one finds what was written. */
  #crash(): void {
    this.crashes += 1
    this.#turns.crash()
    this.#turns = new Turns(this.#clock, this.#random)
    this.#running = 0
    this.broken = undefined
    this.#acknowledged = new Set()
    this.#removing.clear()
    this.#checkPins()
    this.#part = this.#open()
  }

  /** Whatever is pinned on the disk is there, all of it, at every moment. */
  #checkPins(): void {
    for (const { key, value } of this.records._all({ prefix: '/barter/pins/' }) as Iterable<{
      key: Key
      value: Uint8Array
    }>) {
      const name = key.toString().slice('/barter/pins/'.length)
      const known = this.made.get(name)
      const recursive = new TextDecoder().decode(value).includes('recursive')
      for (const one of [name, ...(recursive ? (known?.below ?? []) : [])]) {
        const { made } = this.made.get(one) ?? {}
        if (made !== undefined && !this.disk.has(made.cid))
          throw new Error(`${one} is gone, which the pin ${name} keeps`)
      }
    }
  }

  async #pins() {
    const pins = []
    for await (const pin of this.#part.pinner.all()) pins.push(pin)
    return pins
  }

  #know(made: Made, below: readonly string[]) {
    const known = { made, below: [...new Set(below)] }
    this.made.set(made.cid.toString(), known)
    return known
  }

  #some(count: number) {
    // Small trees: what is at stake is their order, not their size.
    const all = [...this.made.values()].slice(-80).filter(({ below }) => below.length <= MAX_BELOW)
    return Array.from({ length: count }, () => all[this.#random.below(all.length)]).filter((one) => one !== undefined)
  }

  #leaves(count: number) {
    return [...this.made.values()].slice(0, LEAVES).slice(0, count)
  }
}

describe('collecting amid puts, pins, removals, failures and crashes', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => SEED + i))(
    'loses nothing that is pinned or was acknowledged since it began: seed %i',
    async (seed) => {
      const world = new World(seed)
      const failed: unknown[] = []
      const onFailure = (error: unknown): void => void failed.push(error)
      process.on('unhandledRejection', onFailure)
      await world.run(OPERATIONS).finally(() => process.off('unhandledRejection', onFailure))
      expect([...failed, ...world.failures]).toEqual([])
      // The world must be one in which something could have been lost.
      expect(world.collections).toBeGreaterThan(10)
      expect(world.removed).toBeGreaterThan(50)
      expect(world.aborted).toBeGreaterThan(0)
      expect(world.crashes).toBeGreaterThan(0)
    },
    1_800_000
  )
})
