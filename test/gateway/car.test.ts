import { CarReader } from '@ipld/car'
import { encode as encodeCbor } from '@ipld/dag-cbor'
import { encode as encodeJson } from '@ipld/dag-json'
import { encode as encodePb, prepare } from '@ipld/dag-pb'
import { exporter } from 'ipfs-unixfs-exporter'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { GatewayWorld, type Reply } from '../support/gateway-world.ts'

const CAR = 'application/vnd.ipld.car'
const KIB = 1024

/** The blocks of a CAR in their order, each checked against its CID. */
async function blocksOf(reply: Reply): Promise<readonly string[]> {
  expect(reply.status, reply.body.toString('utf8', 0, 200)).toBe(200)
  const reader = await CarReader.fromBytes(reply.body)
  expect(reader.version).toBe(1)
  const cids: string[] = []
  for await (const { cid, bytes } of reader.blocks()) {
    expect((await sha256.digest(bytes)).digest).toEqual(cid.multihash.digest)
    cids.push(cid.toString())
  }
  return cids
}

/** Bytes that differ from place to place. */
function content(bytes: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 8) * 7 + seed) & 0xff)
}

const fileNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `file ${index}.txt`)

/** A folder `a` with a file of five blocks, one of one block, and a copy of the first. */
async function folderWorld() {
  const world = await new GatewayWorld().start()
  const file = content(5 * KIB)
  const made = await world.add({ 'a/big': file, 'a/small': content(10, 9), 'a/same': file })
  const of = (path: string): string => made.get(path)?.toString() ?? 'nothing was made'
  const leaves: string[] = []
  for (let at = 0; at < file.length; at += KIB) leaves.push((await rawCid(file.subarray(at, at + KIB))).toString())
  return { world, root: of(''), a: of('a'), big: of('a/big'), small: of('a/small'), leaves, file }
}

async function rawCid(bytes: Uint8Array): Promise<CID> {
  return CID.createV1(0x55, await sha256.digest(bytes))
}

describe('a CAR, as the Trustless Gateway specification says', () => {
  it('MUST say its version, and SHOULD say its order and duplicates, whatever was asked', async () => {
    const { world, root } = await folderWorld()
    const reply = await world.get(`/ipfs/${root}?format=car`)
    expect(reply.headers).toMatchObject({
      'content-type': `${CAR}; version=1; order=dfs; dups=n`,
      'content-disposition': `attachment; filename="${root}.car"`,
      'cache-control': 'public, max-age=29030400, immutable',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'none'
    })
    expect(reply.headers.etag).toMatch(new RegExp(`^W/"${root}\\.car\\.all\\.`, 'u'))
  })

  it('transmits the entire DAG by default, depth first, each block once', async () => {
    const { world, root, a, big, small, leaves } = await folderWorld()
    const reply = await world.get(`/ipfs/${root}?format=car`)
    expect(await blocksOf(reply)).toEqual([root, a, big, ...leaves, small])
    expect((await CarReader.fromBytes(reply.body)).getRoots()).toBeDefined()
  })

  it('dups=y: duplicate blocks MUST be sent every time they occur', async () => {
    const { world, a, big, small, leaves } = await folderWorld()
    for (const [query, accept] of [
      ['?format=car&car-dups=y', ''],
      ['', `${CAR}; dups=y; order=dfs; version=1`]
    ] as const) {
      const reply = await world.get(`/ipfs/${a}${query}`, accept === '' ? {} : { accept })
      expect(reply.headers['content-type']).toBe(`${CAR}; version=1; order=dfs; dups=y`)
      expect(await blocksOf(reply)).toEqual([a, big, ...leaves, big, ...leaves, small])
    }
  })

  it('dups=n: what is below a node is sent, though its bytes were sent as a raw block before', async () => {
    const world = await new GatewayWorld().start()
    const leaf = await world.put(content(9))
    const node = encodePb(prepare({ Links: [{ Name: 'leaf', Hash: leaf, Tsize: 9 }] }))
    const [asBytes, asNode] = [await world.put(node), await world.put(node, 0x70)]
    const twice = [asBytes, asNode, asNode].map((Hash, index) => ({ Name: `${index}`, Hash, Tsize: 1 }))
    const root = await world.put(encodePb(prepare({ Links: twice })), 0x70)
    const reply = await world.get(`/ipfs/${root.toString()}?format=car`)
    expect(await blocksOf(reply)).toEqual([root, asBytes, leaf].map(String))
    expect(await blocksOf(await world.get(`/ipfs/${root.toString()}?format=car&car-dups=y`))).toEqual(
      [root, asBytes, asNode, leaf, asNode, leaf].map(String)
    )
  })

  it.each([
    ['car-dups=y', `${CAR};dups=n`, 'dups=y'],
    ['car-dups=n', `${CAR};dups=y`, 'dups=n'],
    ['', `${CAR};order=foo, ${CAR};order=dfs;dups=y;q=0.5`, 'dups=y'],
    ['', `${CAR};order=unk`, 'order=dfs; dups=n'],
    ['car-order=', `${CAR};version="1"`, 'version=1']
  ])('the query "%s" goes before Accept: %s', async (query, accept, expected) => {
    const { world, small } = await folderWorld()
    const reply = await world.get(`/ipfs/${small}?${query}`, { accept })
    expect(reply.headers['content-type']).toContain(expected)
    expect(new URLSearchParams(reply.headers['content-location']?.split('?')[1]).get('format')).toBe('car')
  })

  it('Content-Location carries what Accept said beside the query', async () => {
    const { world, small } = await folderWorld()
    const reply = await world.get(`/ipfs/${small}?format=car&car-dups=y`, { accept: `${CAR};order=dfs;dups=n` })
    expect(reply.headers['content-location']).toBe(`/ipfs/${small}?format=car&car-dups=y&car-order=dfs`)
  })

  it.each([
    ['format=car&car-version=2', 400],
    ['format=car&car-order=bfs', 400],
    ['format=car&car-dups=maybe', 400],
    ['format=car&dag-scope=some', 400],
    ['format=car&entity-bytes=1', 400],
    ['format=car&entity-bytes=a:b', 400],
    ['format=car&entity-bytes=5:2', 400],
    ['format=car&entity-bytes=-2:-5', 400],
    ['format=car&entity-bytes=*:5', 400]
  ])('what cannot be served is refused: %s', async (query, status) => {
    const { world, small } = await folderWorld()
    expect((await world.get(`/ipfs/${small}?${query}`)).status).toBe(status)
  })

  it('refuses by 406 what is only accepted in a version that is not served', async () => {
    const { world, small } = await folderWorld()
    expect((await world.get(`/ipfs/${small}`, { accept: `${CAR};version=2` })).status).toBe(406)
  })

  it('HEAD is the same without a payload, and cheap', async () => {
    const { world, root } = await folderWorld()
    const reply = await world.get(`/ipfs/${root}/a/big?format=car`, {}, 'HEAD')
    expect(reply).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(String(reply.headers['x-ipfs-roots']).split(',').length).toBe(3)
  })

  it('the probe: a valid CAR whose root is the empty identity CID', async () => {
    const world = await new GatewayWorld().start()
    const reader = await CarReader.fromBytes((await world.get('/ipfs/bafkqaaa?format=car')).body)
    expect((await reader.getRoots()).map(String)).toEqual(['bafkqaaa'])
  })

  it('identity CIDs MUST NOT be among its blocks, though they are walked through', async () => {
    const world = await new GatewayWorld().start()
    const leaf = await world.put(content(9))
    const inline = CID.createV1(0x71, identity.digest(encodeCbor({ leaf })))
    const root = await world.put(encodeCbor({ inline }), 0x71)
    for (const dups of ['n', 'y']) {
      const reply = await world.get(`/ipfs/${root.toString()}?format=car&car-dups=${dups}`)
      expect(await blocksOf(reply)).toEqual([root.toString(), leaf.toString()])
    }
  })
})

describe('dag-scope', () => {
  it('block: only the block at the end of the path, after those that lead there', async () => {
    const { world, root, a, big } = await folderWorld()
    expect(await blocksOf(await world.get(`/ipfs/${root}/a/big?format=car&dag-scope=block`))).toEqual([root, a, big])
  })

  it('entity: a whole file, but a folder without what is in it', async () => {
    const { world, root, a, big, leaves } = await folderWorld()
    const file = await world.get(`/ipfs/${root}/a/big/?format=car&dag-scope=entity`)
    expect(await blocksOf(file)).toEqual([root, a, big, ...leaves])
    expect(await blocksOf(await world.get(`/ipfs/${root}/a?format=car&dag-scope=entity`))).toEqual([root, a])
    expect(file.headers['x-ipfs-roots']).toBe([root, a, big].join(','))
    expect(file.headers['x-ipfs-path']).toBe(`/ipfs/${root}/a/big/`)
  })

  it('entity: all shards of a sharded folder, and no file; paths go through the shards that hold them', async () => {
    const world = await new GatewayWorld().start()
    const files = fileNames(600)
    const made = await world.add(Object.fromEntries(files.map((name) => [name, Buffer.from(name)])), { sharded: true })
    const root = made.get('') ?? expect.fail('no root')
    const shards = await blocksOf(await world.get(`/ipfs/${root.toString()}?format=car&dag-scope=entity`))
    const leaves = new Set(files.map((name) => made.get(name)?.toString()))
    expect(shards.length).toBeGreaterThan(100)
    expect(shards.filter((cid) => leaves.has(cid))).toEqual([])
    expect((await blocksOf(await world.get(`/ipfs/${root.toString()}?format=car`))).length).toBe(shards.length + 600)
    for (const name of files.slice(0, 40)) {
      const url = `/ipfs/${root.toString()}/${encodeURIComponent(name)}?format=car`
      const path = await blocksOf(await world.get(url))
      expect(path.at(-1)).toBe(made.get(name)?.toString())
      // The blocks of a path are enough to follow it.
      const store = new MemoryBlockstore()
      for (const cid of path) await store.put(CID.parse(cid), readAll(world.store, CID.parse(cid)) ?? content(0))
      expect((await exporter(`${root.toString()}/${name}`, store)).cid.toString()).toBe(path.at(-1))
    }
    expect((await world.get(`/ipfs/${root.toString()}/absent?format=car`)).status).toBe(404)
  })

  it('entity: the block alone of what is no UnixFS', async () => {
    const world = await new GatewayWorld().start()
    const leaf = await world.put(content(9))
    const root = await world.put(encodeCbor({ leaf }), 0x71)
    expect(await blocksOf(await world.get(`/ipfs/${root.toString()}?format=car&dag-scope=entity`))).toEqual([
      root.toString()
    ])
  })

  it('is a part of the Etag, as are entity-bytes, dups and the path; a match is a 304', async () => {
    const { world, root } = await folderWorld()
    const queries = [
      '',
      '&dag-scope=entity',
      '&dag-scope=block',
      '&entity-bytes=0:*',
      '&entity-bytes=1:*',
      '&car-dups=y'
    ]
    const urls = [...queries.map((query) => `/ipfs/${root}?format=car${query}`), `/ipfs/${root}/a?format=car`]
    const etags = await Promise.all(urls.map(async (url) => (await world.get(url)).headers.etag ?? ''))
    expect(new Set(etags).size).toBe(urls.length)
    const again = await world.get(urls[1] ?? '', { 'if-none-match': etags[1] ?? '' })
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) })
  })
})

describe('entity-bytes', () => {
  it.each([
    ['0:*', [0, 1, 2, 3, 4]],
    ['0:0', [0]],
    ['1023:1024', [0, 1]],
    ['1024:2047', [1]],
    ['-1:*', [4]],
    ['-1025:*', [3, 4]],
    ['499:-1024', [0, 1, 2, 3, 4]],
    ['499:-1025', [0, 1, 2, 3, 4]],
    ['499:-1026', [0, 1, 2, 3]],
    ['4000:999999', [3, 4]],
    ['-999999:0', [0]],
    // Of no length: the same as dag-scope=block.
    ['3000:-4000', []]
  ])('%s returns only the blocks that are necessary', async (span, expected) => {
    const { world, root, a, big, leaves } = await folderWorld()
    const reply = await world.get(`/ipfs/${root}/a/big?format=car&entity-bytes=${span}`)
    // The last chunk ends with the file: byte 5119.
    const wanted = span === '499:-1025' ? [0, 1, 2, 3] : expected
    expect(await blocksOf(reply)).toEqual([root, a, big, ...wanted.map((index) => leaves[index])])
  })

  it('works on files of several levels, and with old leaves in dag-pb', async () => {
    const world = await new GatewayWorld().start()
    const leaf = async (bytes: Uint8Array) =>
      world.put(encodePb(prepare({ Data: new UnixFS({ data: bytes }).marshal() })), 0x70)
    const node = async (children: readonly CID[], size: number) => {
      const file = new UnixFS({ type: 'file' })
      children.forEach(() => file.addBlockSize(BigInt(size)))
      const Links = children.map((Hash) => ({ Hash, Name: '', Tsize: size }))
      return world.put(encodePb(prepare({ Data: file.marshal(), Links })), 0x70)
    }
    const leaves = await Promise.all(Array.from({ length: 8 }, (_, index) => leaf(content(10, index))))
    const middle = await Promise.all([0, 2, 4, 6].map((at) => node(leaves.slice(at, at + 2), 10)))
    const top = await Promise.all([0, 2].map((at) => node(middle.slice(at, at + 2), 20)))
    const root = await node(top, 40)
    const names = new Map(
      [
        [root, 'root'],
        ...top.map((cid, i) => [cid, `top${i}`] as const),
        ...middle.map((cid, i) => [cid, `mid${i}`] as const),
        ...leaves.map((cid, i) => [cid, `leaf${i}`] as const)
      ].map(([cid, name]) => [cid.toString(), name])
    )
    const of = async (span: string) =>
      (await blocksOf(await world.get(`/ipfs/${root.toString()}?format=car&entity-bytes=${span}`))).map((cid) =>
        names.get(cid)
      )
    expect(await of('35:44')).toEqual(['root', 'top0', 'mid1', 'leaf3', 'top1', 'mid2', 'leaf4'])
    expect(await of('-1:*')).toEqual(['root', 'top1', 'mid3', 'leaf7'])
  })

  it('finds the parts of a file in which one block stands several times, wanted in part and whole', async () => {
    const world = await new GatewayWorld().start()
    const made = await world.add({ same: new Uint8Array(400 * KIB) })
    const root = made.get('same')?.toString() ?? ''
    const all = await blocksOf(await world.get(`/ipfs/${root}?format=car`))
    const part = await blocksOf(await world.get(`/ipfs/${root}?format=car&entity-bytes=1:-2`))
    expect(part).toEqual(all)
    const twice = await blocksOf(await world.get(`/ipfs/${root}?format=car&entity-bytes=1:-2&car-dups=y`))
    expect(twice.length).toBeGreaterThan(400)
  })

  it('MUST be ignored where there is no row of bytes', async () => {
    const { world, root, a } = await folderWorld()
    expect(await blocksOf(await world.get(`/ipfs/${root}/a?format=car&entity-bytes=0:5`))).toEqual([root, a])
  })

  it('SHOULD be a 400 when it is entirely outside, and that is known upfront', async () => {
    const { world, big } = await folderWorld()
    expect((await world.get(`/ipfs/${big}?format=car&entity-bytes=5120:*`)).status).toBe(400)
    expect((await world.get(`/ipfs/${big}?format=car&entity-bytes=0:-5121`)).status).toBe(400)
    expect((await world.get('/ipfs/bafkqaaa?format=car&entity-bytes=0:*')).status).toBe(200)
  })
})

describe('a path', () => {
  it('leads through links of DAG-CBOR and DAG-JSON, also deep inside of a block', async () => {
    const world = await new GatewayWorld().start()
    const leaf = await world.put(content(9))
    const json = await world.put(encodeJson({ x: [{ leaf }] }), 0x0129)
    const cbor = await world.put(encodeCbor({ a: { b: json }, plain: 1 }), 0x71)
    const at = (path: string) => world.get(`/ipfs/${cbor.toString()}${path}?format=car`)
    expect(await blocksOf(await at('/a/b/x/0/leaf'))).toEqual([cbor, json, leaf].map(String))
    expect((await at('/a/c')).status).toBe(404)
    // Into something that is no link.
    expect((await at('/plain')).status).toBe(501)
    expect((await at('/a')).status).toBe(501)
    expect((await at('/toString')).status).toBe(404)
  })

  it('is a 404 that names what is missing', async () => {
    const { world, root } = await folderWorld()
    const reply = await world.get(`/ipfs/${root}/a/none/x?format=car`)
    expect([reply.status, reply.body.toString()]).toEqual([404, expect.stringContaining('no link named "none"')])
    expect((await world.get(`/ipfs/${root}/a/big/x?format=car`)).status).toBe(404)
  })
})

describe('a CAR that cannot be finished', () => {
  it('SHOULD terminate the stream, so that the client sees that it is incomplete', async () => {
    const { world, root, a, big, leaves } = await folderWorld()
    world.store.delete(CID.parse(leaves[2] ?? ''))
    const reply = await world.get(`/ipfs/${root}?format=car`)
    expect([reply.status, reply.isWhole]).toEqual([200, false])
    const whole = await world.get(`/ipfs/${root}/a/big?format=car&entity-bytes=0:2047`)
    expect(await blocksOf(whole)).toEqual([root, a, big, leaves[0], leaves[1]])
  })

  it('is a 404 while nothing was sent: the root, or a block of the path, is missing', async () => {
    const { world, root, a } = await folderWorld()
    world.store.delete(CID.parse(a))
    expect((await world.get(`/ipfs/${root}/a/big?format=car`)).status).toBe(404)
    expect((await world.get(`/ipfs/${a}?format=car`)).status).toBe(404)
  })

  it('is cut where a block is denied', async () => {
    const { world, root, small } = await folderWorld()
    const other = new GatewayWorld({
      blocks: { get: (cid) => readAll(world.store, cid), size: () => 1 },
      serves: (cid) => cid.toString() !== small
    })
    await other.start()
    expect((await other.get(`/ipfs/${root}?format=car`)).isWhole).toBe(false)
    expect((await other.get(`/ipfs/${root}/a/small?format=car`)).status).toBe(410)
  })

  it('is refused when its root is not what it says, and cut for another block', async () => {
    const world = await new GatewayWorld().start()
    for (const [bytes, codec] of [
      [Buffer.from('ff', 'hex'), 0x71],
      [Buffer.from('9bffffffffffffffff', 'hex'), 0x71],
      [Buffer.from('d82a4101', 'hex'), 0x71],
      [Buffer.from('{"', 'utf8'), 0x0129],
      [Buffer.from('ffff', 'hex'), 0x70],
      [content(5), 0x99]
    ] as const) {
      const bad = await world.put(bytes, codec)
      expect((await world.get(`/ipfs/${bad.toString()}?format=car`)).status).toBe(400)
      const parent = await world.put(encodeCbor({ bad }), 0x71)
      const reply = await world.get(`/ipfs/${parent.toString()}?format=car`)
      expect([reply.status, reply.isWhole]).toEqual([200, false])
      expect(await blocksOf(await world.get(`/ipfs/${bad.toString()}?format=car&dag-scope=block`))).toEqual([
        bad.toString()
      ])
    }
  })
})

function readAll(store: MemoryBlockstore, cid: CID): Uint8Array | undefined {
  return store.readBlock(cid)
}
