import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encode } from '@ipld/dag-cbor'
import { MemoryDatastore } from 'datastore-core'
import { CID } from 'multiformats/cid'
import { expect, it, onTestFinished } from 'vitest'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { openKeeping } from '../../../src/node/keeping/keeping.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { LocalContent } from '../../../src/node/service/local-content.ts'
import { openOffline } from '../../../src/node/service/open-offline.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { placeOf } from '../../../src/storage/layout.ts'
import { openBlockstore } from '../../../src/storage/open-storage.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { node } from '../../content/content-world.ts'
import { all } from '../../support/memory-content.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const hashers = await createHashers()

/** A pin with one block in the middle, and three that no pin keeps. */
async function world() {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const { service, close } = await openOffline(root, () => undefined)
  onTestFinished(close)
  const put = async (value: unknown) => (await service.blockPut(encode(value), { codec: 'dag-cbor' })).cid
  const mid = await put([CID.parse(await put('leaf'))])
  const top = await put([CID.parse(mid)])
  await all(service.contents.pins.add([top]))
  const damage = async (cid: string): Promise<void> => {
    const place = placeOf(CID.parse(cid))
    if (place !== undefined) await writeFile(join(root, 'blocks', place.directory, place.file), 'damaged')
  }
  const remove = async (cid: string): Promise<string | undefined> => {
    const [answer] = await all(service.blockRemove([cid]))
    return answer?.error
  }
  const [sound, loose, lost] = [await put('sound'), await put('loose'), await put('lost')]
  return { service, mid, top, sound, loose, lost, damage, remove }
}

it('a block that is damaged on the disk and whole in a cache is not removed while a pin may keep it', async () => {
  const root = await temporaryDirectory()
  const opened = await openBlockstore(['memory:?maxBytes=1MB', `fs:${root}`], { hashers })
  onTestFinished(opened.close)
  const keeping = openKeeping(opened.blockstore, opened.port, new MemoryDatastore())
  const blocks = toBlockstorePort(keeping.blocks)
  const content = new LocalContent({ blockstore: keeping.blocks, blocks, keeping, hashers, exchange: undefined })
  const leaf = numberedBlock(1)
  const [mid, loose] = [node([leaf]), numberedBlock(2)]
  const top = node([mid])
  for (const { cid, bytes } of [leaf, mid, top, loose]) await keeping.blocks.writeBlock(cid, bytes)
  await keeping.pinner.addStored(top.cid)
  await keeping.blocks.delete(mid.cid)
  const place = placeOf(leaf.cid)
  await writeFile(join(root, place?.directory ?? '', place?.file ?? ''), 'damaged')
  const name = leaf.cid.toString()
  expect(await all(content.blockRemove([name]))).toMatchObject([
    { error: expect.stringContaining('whether a pin keeps it cannot be told') as string }
  ])
  expect(await content.blockGet(name)).toEqual(leaf.bytes)
  expect(await keeping.blocks.readUnchecked(leaf.cid)).toEqual(leaf.bytes)
})

it('a block that is damaged can be removed though others are damaged below a pin, and one that is sound cannot', async () => {
  const { service, mid, top, sound, loose, lost, damage, remove } = await world()
  for (const cid of [mid, loose, lost]) await damage(cid)
  await expect(service.blockGet(lost)).rejects.toThrow('its copy here is damaged')
  const known = async () => (await service.insight.diagnose()).findings.find(({ code }) => code === 'damaged')?.text
  await all(service.contents.store.verify())
  expect(await known()).toContain('3 blocks are damaged')
  expect([await remove(loose), await remove(lost)]).toEqual([undefined, undefined])
  expect(await remove(mid)).toBe(`pinned via ${top}`)
  expect(await remove(sound)).toMatch(
    new RegExp(`^whether a pin keeps it cannot be told: block ${mid} is damaged or missing; .*verify --heal`, 'u')
  )
  expect(await known()).toMatch(/^block \w+ is damaged$/u)
  // With the pin, what keeps it is gone.
  await service.contents.pins.remove([top])
  expect([await remove(sound), await remove(mid), await known()]).toEqual([undefined, undefined, undefined])
})
