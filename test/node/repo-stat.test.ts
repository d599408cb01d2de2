import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { startDaemon } from '../../src/node/daemon.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { createPeer } from '../../src/node/peer.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

it('the figures of a repo tell which of its stores does the work', async () => {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const overrides = [
    { key: 'Barter.Blocks', value: ['memory:?maxBytes=1MiB', 'fs:blocks'], origin: 'flag', source: '--set' } as const
  ]
  const daemon = await startDaemon({ root, warn: () => undefined, offline: true, overrides })
  onTestFinished(() => daemon.stop())
  const remote = new RemoteService(daemon.api)
  const { cid } = await remote.blockPut(Buffer.from('seven b'))
  for (let times = 0; times < 3; times++) await remote.blockGet(cid)
  const { stores = [] } = await remote.repoStat({ io: true })
  const [cache, files] = stores.filter(({ store }) => store.startsWith('blocks'))
  expect(cache?.hits).toBeGreaterThanOrEqual(3)
  expect(cache?.readBytes).toBeGreaterThanOrEqual(21)
  expect(files).toMatchObject({ store: 'blocks (fs)', writes: 1, writtenBytes: 7, errors: 0, readBytes: 0 })
  for (const { reads, hits, misses } of stores) expect(reads).toBe(hits + misses)
  expect(stores.some(({ store }) => store.startsWith('metadata'))).toBe(true)
  expect((await remote.repoStat()).stores).toBeUndefined()
})

it('the size alone is told as it was counted last, without a look at every block', async () => {
  let looks = 0
  class Counted extends MemoryBlockstore {
    override getAll(...options: Parameters<MemoryBlockstore['getAll']>) {
      looks += 1
      return super.getAll(...options)
    }
  }
  const peer = await createPeer({ blockstore: new Counted() })
  onTestFinished(() => peer.stop())
  const { service } = peer
  await service.blockPut(Buffer.from('seven b'))
  const before = looks
  const [first, beside] = await Promise.all([
    service.repoStat({ sizeOnly: true }),
    service.repoStat({ sizeOnly: true })
  ])
  expect([first.size, beside.size, looks - before]).toEqual([7, 7, 1])
  await service.blockPut(Buffer.from('more'))
  expect([(await service.repoStat({ sizeOnly: true })).size, looks - before]).toEqual([7, 1])
  expect([(await service.repoStat()).size, looks - before]).toEqual([11, 2])
})
