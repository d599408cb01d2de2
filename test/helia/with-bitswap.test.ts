import { withBitswap as withHeliaBitswap } from '@helia/bitswap'
import { MemoryDatastore } from 'datastore-core'
import { createHeliaLight } from 'helia'
import { exporter, recursive } from 'ipfs-unixfs-exporter'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { bitswapBroker, withBitswap } from '../../src/helia/index.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { eventually } from '../support/eventually.ts'
import { block, blocks, startBareNode } from '../support/live-peer.ts'
import { add, bareHelia, type BarterNode, cat, connect, content, get, started, startBarterNode } from './helia-nodes.ts'

const MIB = 1024 * 1024

/** A store that counts what is written to it, and writes late if it is told to. */
class CountingStore extends MemoryBlockstore {
  readonly written: string[] = []
  late: Promise<unknown> = Promise.resolve()

  override writeBlock(...[cid, bytes, options]: Parameters<MemoryBlockstore['writeBlock']>): void {
    this.written.push(cid.toString())
    super.writeBlock(cid, bytes, options)
  }

  // What Helia calls: it takes as long as a disk might.
  override async put(...args: Parameters<MemoryBlockstore['put']>): Promise<CID> {
    await this.late
    return await super.put(...args)
  }
}

async function pair(): Promise<readonly [BarterNode, BarterNode, CountingStore]> {
  const store = new CountingStore()
  const nodes = [await startBarterNode(), await startBarterNode({ blockstore: store })] as const
  await connect(...nodes)
  return [...nodes, store]
}

function idOf({ libp2p }: BarterNode): string {
  return libp2p.peerId.toString()
}

describe('two Helia nodes over Barter', () => {
  it.each([true, false])(
    'read a file of many blocks (in a session: %s), each sent and written once',
    async (session) => {
      const [alice, bob, store] = await pair()
      const file = content(5 * MIB)
      const root = await add(alice, { content: file })
      expect((await cat(bob, root, { session })).equals(file)).toBe(true)

      const { blocksReceived, dupBlocksReceived, dataReceived } = bob.bitswap.stat()
      expect({ blocksReceived, dupBlocksReceived }).toEqual({ blocksReceived: 21, dupBlocksReceived: 0 })
      await eventually(() => store.written.length === 21, 'Helia stored the last block')
      expect(new Set(store.written).size).toBe(21)
      await eventually(() => alice.bitswap.ledger(idOf(bob))?.exchanges === 21, 'the ledger of the giver is written')
      expect(alice.bitswap.ledger(idOf(bob))).toMatchObject({ bytesSent: dataReceived, bytesReceived: 0 })
      expect(bob.bitswap.ledger(idOf(alice))).toMatchObject({ bytesSent: 0, bytesReceived: dataReceived })

      const later = await startBarterNode()
      await connect(bob, later)
      await alice.stop()
      expect((await cat(later, root, { session })).equals(file)).toBe(true)
    }
  )

  it('read a folder', async () => {
    const [alice, bob] = await pair()
    const files = new Map([
      ['empty', content(0)],
      ['small', content(10, 1)],
      ['deep/er/large', content(600_000, 2)]
    ])
    const root = await add(alice, ...Array.from(files, ([path, bytes]) => ({ path, content: bytes })))
    const read = new Map<string, Buffer>()
    for await (const entry of recursive(root, bob.blockstore.createSession(root))) {
      const file = await exporter(entry.path, bob.blockstore)
      if (file.type === 'directory') continue
      const chunks: Uint8Array[] = []
      if (file.type === 'file' || file.type === 'raw') for await (const chunk of file.content()) chunks.push(chunk)
      read.set(file.path.slice(root.toString().length + 1), Buffer.concat(chunks))
    }
    expect(read).toEqual(files)
  })

  it('hand over blocks that were wanted before they were there, though Helia announces before it stores', async () => {
    const alice = await startBarterNode({ blockstore: new CountingStore() })
    const bob = await startBarterNode()
    await connect(alice, bob)
    const late = blocks(5, 10_000)
    const wanted = late.map(({ cid }) => get(bob, cid))
    await eventually(() => alice.bitswap.wantlistOf(idOf(bob)).length === 5, 'all are wanted')
    await Promise.all(late.map(async ({ cid, bytes }) => await alice.blockstore.put(cid, bytes)))
    expect(await Promise.all(wanted)).toEqual(late.map(({ bytes }) => Buffer.from(bytes)))
  })

  it('hand over a block that was wanted between the announcement and a slow writing', async () => {
    const store = new CountingStore()
    const disk = Promise.withResolvers<undefined>()
    store.late = disk.promise
    const alice = await startBarterNode({ blockstore: store })
    const bob = await startBarterNode()
    await connect(alice, bob)
    const { cid, bytes } = block(10_000)
    const stored = alice.blockstore.put(cid, bytes)
    const wanted = get(bob, cid)
    await eventually(() => alice.bitswap.wantlistOf(idOf(bob)).length === 1, 'bob was told that it is not here')
    disk.resolve(undefined)
    await stored
    expect(await wanted).toEqual(Buffer.from(bytes))
  })

  it('serve a block while Helia is still writing it', async () => {
    const store = new CountingStore()
    const disk = Promise.withResolvers<undefined>()
    store.late = disk.promise
    const [alice, bob, carol] = [
      await startBarterNode(),
      await startBarterNode({ blockstore: store }),
      await startBarterNode()
    ]
    await connect(alice, bob)
    await connect(bob, carol)
    const { cid, bytes } = block(10_000)
    const wanted = get(carol, cid)
    await eventually(() => bob.bitswap.wantlistOf(idOf(carol)).length === 1, 'bob knows the want of carol')
    await alice.blockstore.put(cid, bytes)
    const taken = get(bob, cid)
    expect(await wanted).toEqual(Buffer.from(bytes))
    expect(store.written).toEqual([])
    disk.resolve(undefined)
    expect(await taken).toEqual(Buffer.from(bytes))
    expect(store.written).toEqual([cid.toString()])
  })

  it('take a want back when its reader gives up, and keep that of another', async () => {
    const [alice, bob] = await pair()
    const [one, two] = [block(1_000, 1), block(1_000, 2)]
    const controller = new AbortController()
    const { signal } = controller
    const given = [
      expect(get(bob, one.cid, { signal })).rejects.toThrow(),
      expect(get(bob, two.cid, { signal })).rejects.toThrow()
    ]
    const kept = get(bob, two.cid)
    const wants = (): string[] => alice.bitswap.wantlistOf(idOf(bob)).map(({ cid }) => cid.toString())
    await eventually(() => wants().length === 2, 'both are wanted')
    controller.abort()
    await Promise.all(given)
    await eventually(() => wants().length === 1, 'one is cancelled')
    expect([wants(), bob.bitswap.wantlist()]).toEqual([[two.cid.toString()], [{ cid: two.cid }]])
    await alice.blockstore.put(two.cid, two.bytes)
    expect(await kept).toEqual(Buffer.from(two.bytes))
  })
})

describe('a session', () => {
  it('asks the providers it was made with, and those that are added while it waits', async () => {
    const [alice, bob, carol] = [await startBarterNode(), await startBarterNode(), await startBarterNode()]
    const [one, two] = [block(1_000, 1), block(1_000, 2)]
    await alice.blockstore.put(one.cid, one.bytes)
    await carol.blockstore.put(two.cid, two.bytes)
    const session = bob.blockstore.createSession(one.cid, { providers: [alice.libp2p.getMultiaddrs()] })
    expect(await get({ ...bob, blockstore: session } as never, one.cid)).toEqual(Buffer.from(one.bytes))
    const second = get({ ...bob, blockstore: session } as never, two.cid)
    await eventually(() => alice.bitswap.wantlistOf(idOf(bob)).length === 1, 'alice has been asked')
    await bob.libp2p.peerStore.merge(carol.libp2p.peerId, { multiaddrs: carol.libp2p.getMultiaddrs() })
    await session.addPeer(carol.libp2p.peerId.toCID())
    expect(await second).toEqual(Buffer.from(two.bytes))
    session.close()
  })

  it('that is closed takes its wants back', async () => {
    const [alice, bob] = await pair()
    const { cid } = block(1_000)
    const session = bob.blockstore.createSession(cid)
    const given = expect(get({ ...bob, blockstore: session } as never, cid)).rejects.toThrow()
    await eventually(() => alice.bitswap.wantlistOf(idOf(bob)).length === 1, 'alice has been asked')
    session.close()
    await given
    await eventually(() => alice.bitswap.wantlistOf(idOf(bob)).length === 0, 'alice has been told')
  })
})

describe('a node', () => {
  it('tells progress in the words of Helia', async () => {
    const alice = await startBarterNode()
    const bob = await startBarterNode()
    const { cid, bytes } = block(1_000)
    await alice.blockstore.put(cid, bytes)
    const heard: { readonly type: string; readonly detail: unknown }[] = []
    await get(bob, cid, { providers: [alice.libp2p.getMultiaddrs()], onProgress: (event) => heard.push(event) })
    const about = (type: string): unknown => heard.find((event) => event.type === type)?.detail
    const provider = alice.libp2p.peerId.toCID()
    for (const type of ['connect', 'connected', 'request-block', 'receive-block']) {
      expect(about(`helia:block-broker:${type}`)).toMatchObject({ broker: 'bitswap', type, provider, cid })
    }
    expect(about('bitswap:want')).toEqual(cid)
    expect(about('bitswap:dial')).toEqual(alice.libp2p.peerId)
    expect(about('bitswap:send-wantlist')).toEqual(alice.libp2p.peerId)
    expect(about('bitswap:block')).toEqual({ cid, sender: alice.libp2p.peerId })
  })

  it('stops twice, starts anew, and knows its ledgers then', async () => {
    const alice = await startBarterNode({ datastore: new MemoryDatastore() })
    const bob = await startBarterNode()
    await connect(alice, bob)
    const [one, two] = [block(10_000, 1), block(20_000, 2)]
    await bob.blockstore.put(one.cid, one.bytes)
    await get(alice, one.cid)
    await alice.stop()
    await alice.stop()
    await expect(get(alice, two.cid)).rejects.toThrow()

    await alice.start()
    expect(alice.bitswap.ledger(idOf(bob))?.bytesReceived).toBe(10_000)
    await connect(alice, bob)
    await alice.blockstore.put(two.cid, two.bytes)
    expect(await get(bob, two.cid)).toEqual(Buffer.from(two.bytes))
  })

  it('takes the broker as one of its block brokers', async () => {
    const nodes = await Promise.all(
      [1, 2].map(async () => {
        const libp2p = await startBareNode()
        return Object.assign(await started(createHeliaLight({ blockBrokers: [bitswapBroker({ libp2p })] })), { libp2p })
      })
    )
    const [alice, bob] = nodes
    if (alice === undefined || bob === undefined) throw new Error('two nodes')
    const file = content(MIB)
    const root = await add(alice, { content: file })
    await bob.libp2p.dial(alice.libp2p.getMultiaddrs())
    expect((await cat(bob, root)).equals(file)).toBe(true)
  })

  it('refuses a second bitswap, and one without libp2p', async () => {
    expect(() => withBitswap(withHeliaBitswap(bareHelia() as never))).toThrow('has a bitswap already')
    const alone = withBitswap(createHeliaLight() as never) as BarterNode
    expect(() => alone.bitswap).toThrow('not running')
    await expect(alone.start()).rejects.toThrow('withLibp2p')
  })
})
