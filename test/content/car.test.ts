import { encode as encodeCbor } from '@ipld/dag-cbor'
import { CarWriter } from '@ipld/car'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CarError } from '../../src/content/car-error.ts'
import { importCar } from '../../src/content/car-import.ts'
import { CarReader, MAX_HEADER_BYTES } from '../../src/content/car-reader.ts'
import { writeCar } from '../../src/content/car-writer.ts'
import { varintBytes } from '../../src/content/varint-bytes.ts'
import { NodeHashers } from '../../src/hashing/hashers.ts'
import { all } from '../support/memory-content.ts'
import { cidOf, contentWorld, leaf, node, type Made } from './content-world.ts'

const A = leaf('a')
const B = leaf('b')
const ROOT = node([A, B])
const hashers = new NodeHashers()

const MIB = 1024 * 1024

async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part)
}

async function carOf(roots: readonly CID[], ...made: readonly Made[]): Promise<Uint8Array> {
  return Buffer.concat(await all(writeCar(roots, pieces2(made))))
}

async function* pieces2<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value)
}

/** In pieces of a few bytes, so that everything is cut somewhere. */
function cut(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  return pieces2(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
  )
}

/** Version 2 around a CAR of version 1, with an index that lies. */
function version2(car: Uint8Array, padding = 5): Uint8Array {
  const header = Buffer.alloc(40)
  header.writeBigUInt64LE(BigInt(51 + padding), 16)
  header.writeBigUInt64LE(BigInt(car.length), 24)
  header.writeBigUInt64LE(BigInt(51 + padding + car.length), 32)
  const pragma = Buffer.from('0aa16776657273696f6e02', 'hex')
  return Buffer.concat([pragma, header, Buffer.alloc(padding), car, Buffer.from('ffffffffffffffff', 'hex')])
}

async function read(chunks: AsyncIterable<Uint8Array>) {
  const car = await CarReader.open(chunks)
  const blocks = await all(car.blocks())
  return {
    roots: car.roots.map(String),
    blocks: blocks.map(({ cid, bytes }) => [cid.toString(), Buffer.from(bytes).toString('hex')])
  }
}

describe('a CAR', () => {
  const expected = {
    roots: [ROOT.cid.toString()],
    blocks: [ROOT, A, B].map(({ cid, bytes }) => [cid.toString(), Buffer.from(bytes).toString('hex')])
  }

  it('of version 1 and 2 is read as it was written, however it is cut', async () => {
    const car = await carOf([ROOT.cid], ROOT, A, B)
    for (const size of [1, 7, 10_000]) {
      expect(await read(cut(car, size))).toEqual(expected)
      expect(await read(cut(version2(car), size))).toEqual(expected)
    }
  })

  it('is what the library of others writes', async () => {
    const { writer, out } = CarWriter.create([ROOT.cid])
    const written = all(out)
    for (const made of [ROOT, A, B]) await writer.put(made)
    await writer.close()
    expect(Buffer.concat(await written)).toEqual(await carOf([ROOT.cid], ROOT, A, B))
  })

  it.each([
    [
      'no bytes',
      new Uint8Array(0),
      'this is no CAR file, or one that ends within its header: expected version 1 or 2, as dag export writes it, at byte 0'
    ],
    ['a text', Buffer.from('hello, this is a text and no archive\n'), 'this is no CAR file'],
    [
      'a header of a gibibyte',
      Buffer.concat([varintBytes(1024 * MIB), Buffer.alloc(100)]),
      `at most ${MAX_HEADER_BYTES}`
    ],
    ['a header that is none', Buffer.from('0401020304', 'hex'), 'this is no CAR file'],
    ['version 3', carHeader({ version: 3, roots: [] }), 'a CAR of version 3: expected 1 or 2'],
    ['roots that are none', carHeader({ version: 1, roots: ['x'] }), 'a root in the header is no CID'],
    [
      'a payload beyond all bytes',
      Buffer.from('0aa16776657273696f6e02' + 'ff'.repeat(40), 'hex'),
      'points to no payload'
    ]
  ])('that begins with %s is refused at once', async (_what, bytes, message) => {
    let asked = 0
    const source = async function* () {
      yield await Promise.resolve(bytes)
      for (; asked < 1_000; asked++) yield Buffer.alloc(MIB)
    }
    await expect(read(bytes.length === 0 ? pieces(bytes) : source())).rejects.toThrow(message)
    expect(asked, 'nothing more is read').toBeLessThan(2)
  })

  it('with a section longer than a block may be is refused before it is held', async () => {
    const start = await carOf([ROOT.cid], ROOT)
    const bomb = Buffer.concat([start, varintBytes(3 * MIB)])
    await expect(read(pieces(bomb, Buffer.alloc(16)))).rejects.toThrow(`at byte ${start.length}`)
  })

  it('keeps what was verified when it is cut short or a block is wrong, and says where', async () => {
    const whole = await carOf([ROOT.cid], A, B, ROOT)
    const before = await carOf([ROOT.cid], A)
    const { blocks, memory } = contentWorld()
    const short = importCar(blocks.lease(), hashers, pieces(whole.subarray(0, before.length + 10)))
    await expect(short).rejects.toThrow(`import failed after block "${A.cid.toString()}": unexpected EOF, at byte`)
    expect([memory.has(A.cid), memory.blocks]).toEqual([true, 1])
    const wrong = await carOf([ROOT.cid], A, { cid: B.cid, bytes: ROOT.bytes }, ROOT)
    const failure = importCar(blocks.lease(), hashers, pieces(wrong))
    await expect(failure).rejects.toBeInstanceOf(CarError)
    await expect(failure).rejects.toMatchObject({ offset: before.length })
    await expect(failure).rejects.toThrow('does not hash to its CID')
    expect(memory.has(B.cid)).toBe(false)
  })

  it('of any size is imported and exported with a bounded number of bytes in memory', async () => {
    const size = MIB
    const count = 64
    let made = 0
    const source = async function* () {
      for (; made < count; made++) {
        const bytes = Buffer.alloc(size, made)
        yield await Promise.resolve({ cid: cidOf(0x55, bytes), bytes })
      }
    }
    let held = 0
    let most = 0
    const slow = {
      put: async () => {
        held += size
        most = Math.max(most, held)
        await new Promise((resolve) => setImmediate(resolve))
        held -= size
      }
    }
    const done = await importCar(slow, hashers, writeCar([], source()))
    expect(done).toMatchObject({ blocks: count, bytes: count * size })
    expect(most).toBeLessThanOrEqual(16 * MIB)
    expect(done.peakBytes).toBeLessThanOrEqual(17 * MIB)
  })
})

function carHeader(value: unknown): Uint8Array {
  const bytes = encodeCbor(value)
  return Buffer.concat([varintBytes(bytes.length), bytes])
}
