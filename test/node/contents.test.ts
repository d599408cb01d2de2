import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished, describe, expect, it } from 'vitest'
import { collect, oneChunk } from '../../src/api/formats/collect.ts'
import type { PeerService } from '../../src/api/service/peer-service.ts'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { OPEN_ACCESS } from '../../src/api/server/access.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import { openOffline } from '../../src/node/service/open-offline.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { all, candidatesOf } from '../support/memory-content.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** A repo on the disk, commanded through its API and by this process: both must say the same. */
async function repo() {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const opened = await openOffline(root, () => undefined)
  const { service } = opened
  const server = new ApiServer({ service, version: '0.1.0', access: OPEN_ACCESS })
  const remote: PeerService = new RemoteService(await server.start({ host: '127.0.0.1', port: 0 }))
  onTestFinished(async () => {
    await server.stop()
    await opened.close()
  })
  return { root, service, remote }
}

async function add(service: PeerService, files: Readonly<Record<string, string>>, options = {}): Promise<string> {
  const events = await all(service.add(candidatesOf(files), options))
  const last = events.at(-1)
  return last?.type === 'added' ? last.cid : ''
}

const FILES = { 'dir/': '', 'dir/a': 'hello', 'dir/sub/': '', 'dir/sub/b': 'world' }

describe('what a peer stores', () => {
  it('is pinned when it is added, and goes when it is no longer', async () => {
    const { service, remote } = await repo()
    const kept = await add(remote, FILES)
    await add(remote, { loose: 'not kept' }, { pin: false })
    const pins = await all(remote.contents.pins.list({ type: 'recursive' }))
    expect(pins).toEqual([{ cid: kept, type: 'recursive', name: '' }])
    expect(await all(remote.contents.pins.list())).toEqual(await all(service.contents.pins.list()))
    expect(await all(remote.contents.pins.list({ paths: [`${kept}/a`] }))).toMatchObject([
      { type: 'indirect', via: kept }
    ])
    // The file that was not to be kept, and the empty folder that every folder begins as.
    expect(await all(remote.contents.store.collect())).toHaveLength(2)
    expect(await remote.contents.store.gcStatus()).toMatchObject({
      state: 'idle',
      last: { removed: 2, error: undefined }
    })
    expect(await all(service.blockRemove([kept]))).toEqual([{ cid: kept, error: 'pinned: recursive' }])
    expect(await remote.contents.pins.remove([kept])).toEqual([kept])
    expect(await all(remote.contents.store.collect())).toHaveLength(4)
    expect(await all(remote.contents.store.blocks())).toEqual([])
    await expect(all(remote.contents.pins.add([kept]))).rejects.toThrow('pin: block was not found locally (offline)')
  })

  it.each([[['r/a/x', 'r/a/', 'r/']], [['./r//a/x', 'r/./a/', 'r/']], [['r/a/x', 'r/', 'r/a/']]])(
    'holds all that was added, though a folder comes after what is in it: %s',
    async (paths) => {
      const { remote } = await repo()
      const given = Object.fromEntries(paths.map((path) => [path, 'hello']))
      expect(await add(remote, given)).toBe(await add(remote, { 'r/': '', 'r/a/': '', 'r/a/x': 'hello' }))
      const refused = add(remote, given, { attributes: { mode: 0o700 } })
      await expect(refused).rejects.toThrow('comes after what is in it: its permissions and its time would be lost')
    }
  )

  it('may be given twice, with permissions, too', async () => {
    const { service } = await repo()
    const twice = async function* () {
      yield* candidatesOf(FILES)
      yield* candidatesOf(FILES)
    }
    for (const options of [{}, { attributes: { mode: 0o700 } }]) {
      const [last] = (await all(service.add(twice(), options))).slice(-1)
      expect(last).toMatchObject({ path: 'dir', cid: await add(service, FILES, options) })
    }
  })

  it('stores nothing when only hashes are asked for', async () => {
    const { remote } = await repo()
    expect(await add(remote, FILES, { onlyHash: true })).toBe(await add(remote, FILES))
    await expect(add(remote, { x: 'x' }, { pin: false, pinName: 'x' })).rejects.toThrow('requires pin to be set')
  })

  it('moves as a CAR from one repo to another', async () => {
    const from = await repo()
    const to = await repo()
    const cid = await add(from.service, FILES)
    const car = await collect(await from.remote.contents.dag.exportCar(cid))
    const events = await all(to.remote.contents.dag.importCars(one(oneChunk(car))))
    expect(events).toEqual([
      { type: 'root', cid, pinError: '' },
      { type: 'stats', blocks: 4, bytes: expect.any(Number) as number }
    ])
    const { content } = await to.remote.cat(`${cid}/sub/b`)
    expect(Buffer.from(await collect(content)).toString()).toBe('world')
    expect(await all(to.remote.contents.pins.verify())).toEqual([{ cid, bad: [] }])
    for (const localOnly of [false, true]) {
      const absent = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyka'
      const exported = from.remote.contents.dag.exportCar(absent, { localOnly })
      await expect(exported).rejects.toThrow('could not find')
    }
  })

  it('is data, too', async () => {
    const { remote, service } = await repo()
    const folder = await add(service, FILES)
    const cid = await remote.contents.dag.put(Buffer.from(`{"a":[1,{"f":{"/":"${folder}"}}]}`), { pin: true })
    const text = async (path: string, codec = 'dag-json') =>
      Buffer.from(await remote.contents.dag.get(path, codec)).toString()
    expect(await text(cid)).toBe(`{"a":[1,{"f":{"/":"${folder}"}}]}`)
    expect(await text(`${cid}/a/0`)).toBe('1')
    expect(await text(`/ipld/${folder}/Links/0/Name`)).toBe('"a"')
    expect(await remote.contents.dag.resolve(`${cid}/a/1/f/sub`)).toMatchObject({ rest: '' })
    expect(await remote.contents.dag.resolve(`${cid}/a/0`)).toEqual({ cid, rest: '/a/0' })
    await expect(text(`${cid}/nope`)).rejects.toThrow('key not found: "nope"')
    await expect(text(`${folder}/nope`)).rejects.toThrow('no link named "nope"')
    await expect(text(cid, 'else')).rejects.toThrow('unknown multicodec: "else"')
    const refs = await all(remote.contents.dag.refs(cid, { recursive: true }))
    expect(refs.map(({ name }) => name)).toEqual(['', 'a', 'sub', 'b'])
    const stats = await all(remote.contents.dag.stat([cid, folder]))
    expect(stats.at(-1)).toMatchObject({ uniqueBlocks: 5, dags: [{ blocks: 5 }, { blocks: 4 }] })
    expect(stats.at(-1)).toEqual((await all(service.contents.dag.stat([cid, folder]))).at(-1))
  })

  it('is found to be damaged, and a collection then removes nothing', async () => {
    const { root, remote } = await repo()
    const cid = await add(remote, FILES)
    await add(remote, { loose: 'not kept' }, { pin: false })
    expect(await all(remote.contents.store.verify())).toHaveLength(6)
    await damage(root, await folderKey(remote, `${cid}/sub`))
    const run = all(remote.contents.store.collect())
    await expect(run).rejects.toThrow('garbage collection aborted')
    await damage(root, await folderKey(remote, `${cid}/a`))
    const found = (await all(remote.contents.store.verify({ drop: true }))).filter(({ type }) => type === 'damaged')
    // The other one is what the collection came upon.
    expect(found).toMatchObject([
      { outcome: 'removed', reason: 'block in storage has different hash than requested' },
      { outcome: 'removed', reason: 'block was damaged and lies in quarantine' }
    ])
    expect((await all(remote.contents.pins.verify())).at(0)?.bad).toHaveLength(2)
    await expect(all(remote.contents.store.verify({ heal: true }))).rejects.toThrow('online mode')
  })
})

/** The name of the file that holds a block. */
async function folderKey(remote: PeerService, path: string): Promise<string> {
  const { CID } = await import('multiformats/cid')
  const { base32upper } = await import('multiformats/bases/base32')
  return base32upper.baseEncode(CID.parse((await remote.contents.dag.resolve(path)).cid).multihash.bytes)
}

async function damage(root: string, key: string): Promise<void> {
  const directory = join(root, 'blocks', key.slice(-3, -1))
  expect(await readdir(directory)).toContain(`${key}.data`)
  const file = join(directory, `${key}.data`)
  await writeFile(file, Buffer.concat([await readFile(file), Buffer.from('!')]))
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value)
}
