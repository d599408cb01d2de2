/** Files and folders that one side added, read by the other over bitswap. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { collect, oneChunk } from '../../../src/api/formats/collect.ts'
import type { AddCandidate, AddOptions, PeerService, TreeEntry } from '../../../src/api/service/peer-service.ts'
import { readTar } from '../../../src/api/remote/tar-read.ts'
import { listOf } from '../../support/list-of.ts'
import { connect, startKubo, startPeer, withKubo } from './play-kubo.ts'
import { field, list, type KuboRpc, type RpcOptions } from './kubo-rpc.ts'

/** Paths and what lies there; text is the target of a link, undefined a folder. */
type Files = ReadonlyMap<string, Buffer | string | undefined>

const LARGE = randomBytes(3_000_000)

const FILES: Files = new Map<string, Buffer | string | undefined>([
  ['root', undefined],
  ['root/empty', Buffer.alloc(0)],
  ['root/empty folder', undefined],
  ['root/größe', undefined],
  ['root/größe/1 large', LARGE],
  ['root/größe/2 small', Buffer.from('small')],
  ['root/link', 'größe/1 large']
])

async function* candidates(files: Files): AsyncGenerator<AddCandidate> {
  for (const [path, content] of files) {
    await Promise.resolve()
    if (content === undefined) yield { type: 'folder', path }
    else if (typeof content === 'string') yield { type: 'link', path, target: content }
    else yield { type: 'file', path, content: oneChunk(content) }
  }
}

async function flatten(entries: AsyncIterable<TreeEntry>): Promise<Files> {
  const files = new Map<string, Buffer | string | undefined>()
  for await (const entry of entries) {
    // The first name is that of the root, its CID.
    const path = ['root', ...entry.path.slice(1)].join('/')
    if (entry.type === 'file') files.set(path, Buffer.from(await collect(entry.content)))
    else files.set(path, entry.type === 'link' ? entry.target : undefined)
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Adds at Barter; answers the CID of the root, which comes last. */
async function addHere(service: PeerService, files: Files, options?: AddOptions): Promise<string> {
  let root = ''
  for await (const event of service.add(candidates(files), options)) if (event.type === 'added') root = event.cid
  return root
}

async function addThere(rpc: KuboRpc, files: Files, options: RpcOptions): Promise<string> {
  return field((await rpc.add(files, { pin: false, ...options })).at(-1), 'Hash')
}

const LAYOUTS: readonly (readonly [string, RpcOptions])[] = [
  ['as Kubo does by default', {}],
  ['with CIDs of version 0 and wrapped leaves', { 'cid-version': 0, 'raw-leaves': false }],
  ['as the profile of 2025 says', { 'cid-version': 1, 'raw-leaves': true, chunker: 'size-1048576' }],
  ['as a trickle DAG, cut by content', { trickle: true, chunker: 'rabin-16384-32768-65536' }],
  ['with small blocks inside of their CIDs', { 'cid-version': 1, inline: true, 'inline-limit': 64 }],
  ['hashed with blake3', { 'cid-version': 1, hash: 'blake3' }]
]

await withKubo('Files of Kubo and Barter', () => {
  describe('Barter reads what Kubo added', () => {
    it.each(LAYOUTS)('%s', async (_name, options) => {
      const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
      const root = await addThere(kubo.rpc, FILES, options)
      await connect(barter, kubo)
      expect(await flatten((await barter.service.get(root)).entries)).toEqual(FILES)
      const { content } = await barter.service.cat(`${root}/größe/1 large`, { offset: 1_999_999, length: 3 })
      expect(Buffer.from(await collect(content))).toEqual(LARGE.subarray(1_999_999, 2_000_002))
    })

    it('a folder of so many names that it is a tree itself', async () => {
      const config = { Import: { UnixFSHAMTDirectorySizeThreshold: '2KiB' } }
      const [barter, kubo] = await Promise.all([startPeer(), startKubo({ config })])
      const names = Array.from({ length: 300 }, (_, i) => `${i} name`)
      const files = new Map([['root', undefined], ...names.map((name) => [`root/${name}`, Buffer.from(name)] as const)])
      const root = await addThere(kubo.rpc, files, {})
      await connect(barter, kubo)
      expect((await listOf(barter.service.ls(root))).map(({ name }) => name).sort()).toEqual([...names].sort())
      const { content } = await barter.service.cat(`${root}/217 name`)
      expect(Buffer.from(await collect(content)).toString()).toBe('217 name')
    })
  })

  describe('Kubo reads what Barter added', () => {
    it.each<readonly [string, AddOptions]>([
      ['as Barter does by default', {}],
      ['with CIDs of version 0 and wrapped leaves', { cidVersion: 0, rawLeaves: false }],
      ['in chunks of 1 MiB', { chunkBytes: 1_048_576 }],
      ['as a trickle DAG hashed with blake3', { layout: 'trickle', hash: 'blake3' }],
      ['with small blocks inside of their CIDs', { inlineBytes: 64 }]
    ])('%s', async (_name, options) => {
      const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
      const root = await addHere(barter.service, FILES, options)
      await connect(barter, kubo)
      const tar = await kubo.rpc.bytes('get', { args: [root], options: { timeout: '30s' } })
      expect(await flatten(readTar(oneChunk(tar)))).toEqual(FILES)
      const part = { args: [`${root}/größe/1 large`], options: { offset: 1_999_999, length: 3 } }
      expect(Buffer.from(await kubo.rpc.bytes('cat', part))).toEqual(LARGE.subarray(1_999_999, 2_000_002))
      const [object] = list(await kubo.rpc.json('ls', { args: [root] }), 'Objects')
      expect(list(object, 'Links').map((link) => field(link, 'Name'))).toEqual([
        'empty',
        'empty folder',
        'größe',
        'link'
      ])
    })

    it('and finds the same CIDs for the same bytes', async () => {
      const [barter, kubo] = await Promise.all([startPeer(), startKubo()])
      const options = { 'cid-version': 1, 'raw-leaves': true, chunker: 'size-262144' }
      expect(await addHere(barter.service, FILES)).toBe(await addThere(kubo.rpc, FILES, options))
    })
  })
})
