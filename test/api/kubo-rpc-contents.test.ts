/** What is stored, by Kubo's own client for JavaScript on a daemon of ours: pins, DAGs, references, the repo, lists. */
import type { KuboRPCClient } from 'kubo-rpc-client'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { collect, oneChunk } from '../../src/api/formats/collect.ts'
import { readTar } from '../../src/api/remote/tar-read.ts'
import { startForKuboClient } from '../support/kubo-rpc-client.ts'
import { listOf } from '../support/list-of.ts'

const MISSING = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
const AT = { secs: 1_700_000_000n, nsecs: 0 }

/** A folder of two files, which nothing keeps. */
async function addFolder(client: KuboRPCClient): Promise<{ root: CID; a: CID; b: CID }> {
  const files = [
    { path: 'dir/a', content: 'one' },
    { path: 'dir/b', content: 'two' }
  ]
  const added = await listOf(client.addAll(files, { cidVersion: 1, pin: false }))
  const [a, b, root] = added.map(({ cid }) => CID.parse(cid.toString()))
  if (a === undefined || b === undefined || root === undefined) throw new Error('all are told of')
  return { root, a, b }
}

it('pins', async () => {
  const { client } = await startForKuboClient()
  const { root, a, b } = await addFolder(client)
  expect((await client.pin.add(root, { name: 'both' })).toString()).toBe(root.toString())
  expect((await client.pin.add(a, { recursive: false })).toString()).toBe(a.toString())
  const pins = (await listOf(client.pin.ls())).map(({ cid, type }) => `${cid.toString()} ${type}`)
  expect(pins.sort()).toEqual(
    [`${root.toString()} recursive`, `${a.toString()} direct`, `${b.toString()} indirect`].sort()
  )
  const [named] = await listOf(client.pin.ls({ name: 'bo' }))
  expect([named?.cid.toString(), named?.name]).toEqual([root.toString(), 'both'])
  expect((await listOf(client.pin.ls({ type: 'direct' }))).map(({ cid }) => cid.toString())).toEqual([a.toString()])
  expect((await listOf(client.pin.ls({ paths: b })))[0]?.type).toBe(`indirect through ${root.toString()}`)
  expect((await listOf(client.pin.addAll([a, b]))).map(String)).toEqual([a.toString(), b.toString()])
  for (const cid of [a, b]) expect((await client.pin.rm(cid)).toString()).toBe(cid.toString())
  await expect(client.pin.rm(a)).rejects.toThrow(`${a.toString()} is not pinned or pinned indirectly`)
  await expect(listOf(client.pin.ls({ paths: MISSING }))).rejects.toThrow(`path '${MISSING.toString()}' is not pinned`)
  await expect(client.pin.add(MISSING, { timeout: 100 })).rejects.toMatchObject({ name: 'TimeoutError' })
  expect((await client.pin.rm(root)).toString()).toBe(root.toString())
  expect(await listOf(client.pin.ls())).toEqual([])
})

it('DAGs, and CARs of them', async () => {
  const [{ client }, other] = [await startForKuboClient(), await startForKuboClient()]
  const leaf = await client.dag.put({ hello: 'world' })
  expect(leaf.toString()).toBe('bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae')
  const root = await client.dag.put({ list: [leaf], deep: { n: 7 } }, { hashAlg: 'sha2-512', pin: true })
  expect(root.multihash.code).toBe(0x13)
  expect((await client.dag.get(leaf)).value).toEqual({ hello: 'world' })
  expect((await client.dag.get(root, { path: '/list/0/hello' })).value).toBe('world')
  const resolved = await client.dag.resolve(`${root.toString()}/list/0/hello`)
  expect([resolved.cid.toString(), resolved.remainderPath?.replace(/^\//u, '')]).toEqual([leaf.toString(), 'hello'])
  const text = Buffer.from('{"name":"a"}')
  const json = await client.dag.put(text, { inputCodec: 'dag-json', storeCodec: 'dag-json' })
  expect(Buffer.from(await client.block.get(json))).toEqual(text)
  await expect(client.dag.put(Buffer.from('{no'), { inputCodec: 'dag-json' })).rejects.toThrow('expected JSON such as')
  const car = await collect(client.dag.export(root))
  const imported = await listOf(other.client.dag.import([oneChunk(car)]))
  expect(imported.map(({ root: made }) => [made.cid.toString(), made.pinErrorMsg])).toEqual([[root.toString(), '']])
  expect((await other.client.dag.get(leaf)).value).toEqual({ hello: 'world' })
  await expect(listOf(other.client.dag.import([oneChunk(Buffer.from('a text'))]))).rejects.toThrow(
    'this is no CAR file'
  )
})

it('references', async () => {
  const { client } = await startForKuboClient()
  const { root, a, b } = await addFolder(client)
  const refsOf = async (options: object): Promise<unknown[]> =>
    (await listOf(client.refs(root, options))).map(({ ref }) => ref)
  expect(await refsOf({})).toEqual([a.toString(), b.toString()])
  expect(await refsOf({ recursive: true, unique: true, maxDepth: 1 })).toEqual([a.toString(), b.toString()])
  expect(await refsOf({ format: '<linkname> of <src>' })).toEqual([
    `a of ${root.toString()}`,
    `b of ${root.toString()}`
  ])
  expect(await refsOf({ edges: true })).toContain(`${root.toString()} -> ${b.toString()}`)
  const both = await listOf(client.refs([root, root]))
  expect(both).toHaveLength(4)
  const local = (await listOf(client.refs.local())).map(({ ref }) => ref)
  expect(local).toEqual(expect.arrayContaining([a.toString(), b.toString()]))
})

it('what is kept of the repo, and what is not', async () => {
  const { client } = await startForKuboClient()
  const { root, a, b } = await addFolder(client)
  const kept = await client.add('kept', { cidVersion: 1 })
  const before = await client.repo.stat()
  expect(Number(before.numObjects)).toBe(4)
  const removed = (await listOf(client.repo.gc())).map(({ cid, err }) => [cid?.multihash.bytes.length, err])
  expect(removed).toEqual([root, a, b].map((cid) => [cid.multihash.bytes.length, null]))
  expect(Number((await client.repo.stat()).numObjects)).toBe(1)
  expect(Buffer.from(await collect(client.cat(kept.cid))).toString()).toBe('kept')
  expect(await client.repo.version()).toBe('18')
})

it('lists of folders, of files, and of what a path leads to', async () => {
  const { client } = await startForKuboClient()
  const { root, a } = await addFolder(client)
  const wrapped = await client.add({ path: 'c', content: 'three' }, { cidVersion: 1, wrapWithDirectory: true })
  const names = async (path: string | CID): Promise<unknown[]> =>
    (await listOf(client.ls(path))).map(({ name, size, type, cid }) => [name, size, type, cid.toString()])
  expect(await names(root)).toEqual([
    ['a', 3, 'file', a.toString()],
    ['b', 3, 'file', expect.any(String)]
  ])
  expect((await names(wrapped.cid)).map((row) => (row as unknown[])[0])).toEqual(['c'])
  await expect(names(`${root.toString()}/nothing`)).rejects.toThrow('no link named "nothing"')
})

it('adds with the options of Kubo, and gets back what was kept', async () => {
  const { client } = await startForKuboClient()
  const small = await client.add('hello\n', { hashAlg: 'blake3', cidVersion: 1 } as object)
  expect(small.cid.toString()).toBe('bafkr4ieojr6bxgo37viopkkrqx7k2xxbish2sbfc7xlxr2xv6ln72yu2te')
  const options = { cidVersion: 1, preserveMode: true, preserveMtime: true } as object
  const { cid } = await client.add({ path: 'small', content: 'hello\n', mode: 0o600, mtime: AT }, options)
  expect(cid.toString()).toBe('bafybeidtd7ivpiu4s7bbuqu4opbx6gm24xkrfnvxlbbacldjvmrflisate')
  for await (const { mode, mtime } of readTar(client.get(cid))) {
    expect([mode, mtime]).toEqual([0o600, { seconds: Number(AT.secs), nanoseconds: 0 }])
  }
  const trickle = await client.add(Buffer.alloc(3_000, 'x'), { trickle: true, chunker: 'size-16', cidVersion: 1 })
  expect(await collect(client.cat(trickle.cid))).toHaveLength(3_000)
})
