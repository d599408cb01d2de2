import { encode as encodeCbor } from '@ipld/dag-cbor'
import { encode as encodePb, prepare } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { parseDataPath } from '../../src/content/content-path.ts'
import { DAG_CBOR, DAG_PB, RAW } from '../../src/content/dag-links.ts'
import { resolvePath, type ResolvedPath } from '../../src/content/resolve-path.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

/** Blocks in memory, and which of them were asked for. */
class Blocks {
  readonly store = new MemoryBlockstore()
  readonly asked: string[] = []

  async put(bytes: Uint8Array, codec: number): Promise<CID> {
    const cid = CID.createV1(codec, await sha256.digest(bytes))
    await this.store.put(cid, bytes)
    return cid
  }

  get(cid: CID): Promise<Uint8Array> {
    this.asked.push(cid.toString())
    const bytes = this.store.readBlock(cid)
    return bytes === undefined ? Promise.reject(new Error(`no ${cid.toString()}`)) : Promise.resolve(bytes)
  }

  resolve(path: string): Promise<ResolvedPath> {
    this.asked.length = 0
    return resolvePath(this, parseDataPath(path))
  }
}

async function shardedFolder(names: readonly string[]) {
  const blocks = new Blocks()
  const files = names.map((path) => ({ path: `d/${path}`, content: Buffer.from(path) }))
  const made = new Map<string, CID>()
  for await (const { path = '', cid } of importer(files, blocks.store, { shardSplitThresholdBytes: 0 }))
    made.set(path, cid)
  return { blocks, root: made.get('d')?.toString() ?? '', made }
}

/** A level of a HAMT in which every hash leads on to the same block. */
function shard(next: CID, fanout: bigint, hashType = 0x22n): Uint8Array {
  const data = new UnixFS({ type: 'hamt-sharded-directory', fanout, hashType }).marshal()
  const width = (Number(fanout) - 1).toString(16).length
  const Links = Array.from({ length: Number(fanout) }, (_, index) => {
    return { Name: index.toString(16).toUpperCase().padStart(width, '0'), Hash: next, Tsize: 1 }
  })
  return encodePb(prepare({ Data: data, Links }))
}

describe('a path', () => {
  it('finds each name of a sharded folder, and reads the shards that lead to it alone', async () => {
    const odd = ['größe', 'a\\b', '00', 'x'.repeat(200), '文件', '0123456789abcdef', 'a b%20c']
    const names = [...odd, ...Array.from({ length: 600 }, (_, index) => `file ${index}.txt`)]
    const { blocks, root, made } = await shardedFolder(names)
    for (const name of names) {
      const { cid, roots, way } = await blocks.resolve(`/ipfs/${root}/${name}`)
      expect([name, cid.toString()]).toEqual([name, made.get(`d/${name}`)?.toString()])
      expect(roots.map(String)).toEqual([root, cid.toString()])
      expect(way.map(String)).toEqual(blocks.asked)
      expect(way.length).toBeLessThanOrEqual(5)
    }
    await expect(blocks.resolve(`${root}/absent`)).rejects.toMatchObject({
      code: 'ERR_PATH',
      message: `no link named "absent" under ${root}`
    })
  })

  it('reads nothing where there are no names', async () => {
    const blocks = new Blocks()
    const cid = await blocks.put(encodeCbor([]), DAG_CBOR)
    expect(await blocks.resolve(cid.toString())).toEqual({ cid, roots: [cid], way: [], rest: [] })
    expect(blocks.asked).toEqual([])
  })

  it('leads through data to other blocks, or to a value', async () => {
    const blocks = new Blocks()
    const leaf = await blocks.put(Buffer.from('leaf'), RAW)
    const folder = await blocks.put(
      encodePb(prepare({ Data: new UnixFS({ type: 'directory' }).marshal(), Links: [{ Name: 'f', Hash: leaf }] })),
      DAG_PB
    )
    const data = await blocks.put(encodeCbor({ a: [{ folder }], n: null, bytes: new Uint8Array(2) }), DAG_CBOR)
    expect(await blocks.resolve(`${data.toString()}/a/0/folder/f`)).toEqual({
      cid: leaf,
      roots: [data, folder, leaf],
      way: [data, folder],
      rest: []
    })
    expect(await blocks.resolve(`${data.toString()}/n`)).toEqual({
      cid: data,
      roots: [data],
      way: [],
      rest: ['n'],
      value: null
    })
    const asData = await blocks.resolve(`/ipld/${data.toString()}/a/0/folder/Links/0/Name`)
    expect([asData.cid, asData.value]).toEqual([folder, 'f'])
    for (const wrong of ['b', 'a/1', 'n/x', 'bytes/0', 'a/length', 'toString']) {
      await expect(blocks.resolve(`${data.toString()}/${wrong}`)).rejects.toThrow('key not found: ')
    }
    await expect(blocks.resolve(`${leaf.toString()}/x`)).rejects.toThrow(`no link named "x" under ${leaf.toString()}`)
  })
})

describe('what strangers made', () => {
  it('is followed through so many blocks, and no further', async () => {
    const blocks = new Blocks()
    let cid = await blocks.put(encodeCbor({}), DAG_CBOR)
    for (let at = 0; at < 1_025; at++) cid = await blocks.put(encodeCbor({ a: cid }), DAG_CBOR)
    const path = `${cid.toString()}${'/a'.repeat(1_024)}`
    expect((await blocks.resolve(path)).way.length).toBe(1_024)
    await expect(blocks.resolve(`${path}/a`)).rejects.toThrow('leads through more than 1024 blocks')
    expect(blocks.asked.length).toBe(1_024)
  })

  it('is a HAMT no deeper than its hash', async () => {
    const blocks = new Blocks()
    let cid = await blocks.put(encodePb(prepare({})), DAG_PB)
    for (let level = 0; level < 12; level++) cid = await blocks.put(shard(cid, 256n), DAG_PB)
    await expect(blocks.resolve(`${cid.toString()}/x`)).rejects.toMatchObject({
      code: 'ERR_DAG',
      message: 'the directory is deeper than its hash allows'
    })
    expect(blocks.asked.length).toBe(9)
  })

  it.each([
    [1n, 0x22n],
    [24n, 0x22n],
    [2_048n, 0x22n],
    [256n, 0x12n]
  ])('with %d entries a level and the hash %d is no HAMT that is known', async (fanout, hashType) => {
    const blocks = new Blocks()
    const cid = await blocks.put(shard(await blocks.put(Buffer.from('x'), RAW), fanout, hashType), DAG_PB)
    await expect(blocks.resolve(`${cid.toString()}/x`)).rejects.toThrow('sharded in a way that is not known here')
  })
})
