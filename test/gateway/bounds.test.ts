import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encode as encodeCbor } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { identity } from 'multiformats/hashes/identity'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { GatewayOptions, GatewayPorts } from '../../src/gateway/gateway-ports.ts'
import { SentBlocks, walkScope } from '../../src/gateway/walk-scope.ts'
import { eventually } from '../support/eventually.ts'
import { fetchFrom, GatewayWorld } from '../support/gateway-world.ts'

/** A CID of no block in particular. */
function numberedCid(number: number, codec = 0x55): CID {
  const digest = new Uint8Array(32)
  new DataView(digest.buffer).setUint32(0, number)
  return CID.createV1(codec, Digest.create(0x12, digest))
}

describe('what one answer holds', () => {
  it('remembers so many blocks, and ends with a word on how to do without', () => {
    const sent = new SentBlocks(1_000)
    for (let number = 0; number < 1_000; number++) sent.add(numberedCid(number), true)
    expect(sent.add(numberedCid(0), true)).toBe(false)
    expect(() => sent.add(numberedCid(1_000), true)).toThrow('ask with dups=y')
    // The same bytes under any number of codecs.
    const codecs = Array.from({ length: 1_001 }, (_, index) => 0x1000 + index)
    expect(() => codecs.forEach((codec) => sent.add(numberedCid(0, codec), true))).toThrow('ask with dups=y')
  })

  it('does not walk into a DAG that is both too wide and too deep', async () => {
    const wide = encodeCbor([numberedCid(1, 0x71), ...Array.from({ length: 1_000 }, (_, index) => numberedCid(index))])
    const blocks = { read: () => Promise.resolve(wide), prefetch: () => undefined }
    let walked = 0
    const walk = async (): Promise<void> => {
      const visit = { cid: numberedCid(0, 0x71), span: undefined }
      const walk = walkScope(blocks, visit, { scope: 'all', seen: undefined, maxWaiting: 5_000 })
      for await (const { bytes } of walk) walked += Math.sign(bytes.byteLength)
    }
    await expect(walk()).rejects.toThrow('too wide and too deep')
    expect(walked).toBeLessThan(10)
  })

  it('asks for blocks ahead of their turn, and no more than are near', async () => {
    const leaves = Array.from({ length: 500 }, (_, index) => numberedCid(index))
    const asked: string[] = []
    let [read, most] = [0, 0]
    const blocks = {
      read: (cid: CID) => Promise.resolve(cid.code === 0x71 ? encodeCbor(leaves) : new Uint8Array(++read)),
      prefetch: (cids: readonly CID[]) => {
        asked.push(...cids.map(String))
        most = Math.max(most, asked.length - read)
      }
    }
    let walked = 0
    const visit = { cid: numberedCid(0, 0x71), span: undefined }
    for await (const { bytes } of walkScope(blocks, visit, { scope: 'all', seen: undefined }))
      walked += Math.sign(bytes.length)
    expect([walked, asked]).toEqual([501, leaves.map(String)])
    expect(most).toBeLessThanOrEqual(33)
  })

  it('reads no further than the client does, and gives up on one that reads nothing for long', async () => {
    let reads = 0
    const big = new Uint8Array(1024 * 1024)
    const world = await new GatewayWorld(
      {
        blocks: {
          get: (cid) => {
            reads++
            return cid.code === 0x71 ? encodeCbor(Array.from({ length: 1_000 }, (_, index) => numberedCid(index))) : big
          },
          size: () => big.byteLength
        }
      },
      { maxRequestMs: 1_500 }
    ).start()
    const socket = connect(world.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    const cid = numberedCid(0, 0x71).toString()
    socket.write(`GET /ipfs/${cid}?format=car HTTP/1.1\r\nHost: x\r\n\r\n`)
    socket.pause()
    await eventually(() => reads > 3, 'the answer begins')
    // The system takes some megabytes for its buffers; the rest is not read from the store.
    await eventually(() => world.server.stat().inFlight === 0, 'the time of the request is over')
    expect(reads).toBeLessThan(40)
    expect(world.server.stat()).toMatchObject({ cut: 1, responses: { 503: 1 } })
    expect((await fetchFrom(world.port, '/ipfs/bafkqaaa?format=raw')).status).toBe(200)
  })

  it('serves nobody new while clients do not take what they asked for', async () => {
    const world = await stalledWorld({})
    const heard = (): number => (world.server.stat().responses[429] ?? 0) + world.server.stat().inFlight
    const sockets = await world.stall(8)
    await eventually(() => heard() === sockets.length, 'all are heard')
    expect(world.server.stat().inFlight).toBeLessThan(sockets.length)
    expect((await fetchFrom(world.port, '/ipfs/bafkqaaa?format=raw')).status).toBe(429)
    for (const socket of sockets) socket.destroy()
    await eventually(() => world.server.stat().inFlight === 0, 'they are gone')
    expect((await fetchFrom(world.port, '/ipfs/bafkqaaa?format=raw')).status).toBe(200)
  })

  it.each([
    ['bytes', {}, 5],
    ['answers', { maxConcurrentRequests: 3 }, 3]
  ])(
    'serves others before those who took nothing for a while, when there are too many %s',
    async (_what, own, left) => {
      const world = await stalledWorld({ ...own, stallMs: 0 })
      const sockets = await world.stall(8)
      await eventually(() => world.server.stat().cut === sockets.length - left, 'the first make way for the last')
      expect(world.server.stat()).toMatchObject({ inFlight: left, responses: { 503: sockets.length - left } })
      expect((await fetchFrom(world.port, '/ipfs/bafkqaaa?format=raw')).status).toBe(200)
    }
  )

  it('closes connections on which nothing is asked when there are too many', async () => {
    const world = await new GatewayWorld({}, { maxConcurrentRequests: 1 }).start()
    for (let count = 0; count < 200; count++) await once(openSocket(world.port), 'connect')
    expect((await fetchFrom(world.port, '/ipfs/bafkqaaa?format=raw')).status).toBe(200)
  })
})

function openSocket(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  return socket.on('error', () => undefined)
}

/** Larger than blocks are, for the system takes some megabytes of each. */
const BIG = new Uint8Array(32 * 1024 * 1024)

/** A gateway of large blocks, and clients that ask for one each and read nothing, one after the other. */
async function stalledWorld(options: Partial<GatewayOptions>) {
  const world = await new GatewayWorld({ blocks: { get: () => BIG, size: () => BIG.byteLength } }, options).start()
  const { server, port } = world
  const stall = async (count: number): Promise<readonly Socket[]> => {
    const sockets: Socket[] = []
    for (let index = 0; index < count; index++) {
      const socket = openSocket(port)
      await once(socket, 'connect')
      socket.write(`GET /ipfs/${numberedCid(index).toString()}?format=raw HTTP/1.1\r\nHost: x\r\n\r\n`)
      await once(socket, 'readable')
      sockets.push(socket)
    }
    return sockets
  }
  return { server, port, stall }
}

it('clients that hang up while their blocks are read leave nothing behind', async () => {
  // Together more than what may wait for clients.
  const big = new Uint8Array(32 * 1024 * 1024)
  const reads: ((bytes: Uint8Array) => void)[] = []
  const blocks: GatewayPorts['blocks'] = {
    get: () => new Promise((resolve) => void reads.push(resolve)),
    size: () => big.byteLength
  }
  const world = await new GatewayWorld({ blocks }).start()
  for (const [index, range] of ['', '', '', 'Range: bytes=0-\r\n', '', ''].entries()) {
    const socket = connect(world.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.write(`GET /ipfs/${numberedCid(index).toString()}?format=raw HTTP/1.1\r\nHost: x\r\n${range}\r\n`)
    await eventually(() => reads.length === index + 1, 'it is read')
    socket.destroy()
  }
  await eventually(() => world.server.stat().inFlight === 0, 'they are gone')
  expect(world.server.stat().responses).toEqual({ 499: 6 })
  for (const read of reads) read(big)
  expect((await world.get('/ipfs/bafkqaaa?format=raw')).status).toBe(200)
})

it.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'a client that hangs up (%s) in the middle of an answer is not said to have had it',
  async (hangUp) => {
    const reads = Promise.withResolvers<undefined>()
    const list = encodeCbor(Array.from({ length: 2 }, (_, index) => numberedCid(index)))
    const blocks: GatewayPorts['blocks'] = {
      get: (cid) => {
        if (cid.code === 0x71) return list
        reads.resolve(undefined)
        return new Promise(() => undefined)
      },
      size: () => list.byteLength
    }
    const { server, port } = await new GatewayWorld({ blocks }).start()
    const socket = openSocket(port)
    socket.write(`GET /ipfs/${numberedCid(0, 0x71).toString()}?format=car HTTP/1.1\r\nHost: x\r\n\r\n`)
    await Promise.all([once(socket, 'readable'), reads.promise])
    socket[hangUp]()
    await eventually(() => server.stat().inFlight === 0, 'it ended')
    expect(server.stat()).toMatchObject({ responses: { 499: 1 }, cut: 1 })
  }
)

it('a client that is cut off by a stop is not said to have hung up', async () => {
  const asked = Promise.withResolvers<undefined>()
  const blocks: GatewayPorts['blocks'] = {
    get: () => {
      asked.resolve(undefined)
      return new Promise(() => undefined)
    },
    size: () => 1
  }
  const { server, port } = await new GatewayWorld({ blocks }).start()
  const socket = openSocket(port)
  socket.write(`GET /ipfs/${numberedCid(0).toString()}?format=raw HTTP/1.1\r\nHost: x\r\n\r\n`)
  await asked.promise
  await server.stop()
  await eventually(() => server.stat().inFlight === 0, 'it ended')
  expect(server.stat().responses).toEqual({ 503: 1 })
})

describe('what is read of blocks', () => {
  it('an identity CID is the largest block that needs no store', async () => {
    const world = await new GatewayWorld().start()
    const long = CID.createV1(0x55, identity.digest(new Uint8Array(200)))
    expect((await world.get(`/ipfs/${long.toString()}?format=raw`)).status).toBe(400)
  })
})
