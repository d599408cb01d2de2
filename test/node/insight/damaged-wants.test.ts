import { join } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { expect, it, onTestFinished } from 'vitest'
import { StoreError } from '../../../src/errors.ts'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { cidKey } from '../../../src/ids.ts'
import { damagedWants } from '../../../src/node/insight/damaged-wants.ts'
import { openKeeping } from '../../../src/node/keeping/keeping.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { openBlockTier } from '../../../src/storage/open-block-tier.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const hashers = await createHashers()
const [BAD, FREE, ABSENT, SOUND] = [numberedBlock(1), numberedBlock(2), numberedBlock(3), numberedBlock(4)]
const stuckBecause = { code: 'no-providers', text: 'nobody has it' } as const

it.each(['fs', 'level', 'blockstore-fs'])('a stuck want tells that its copy in %s is damaged', async (kind) => {
  const spec = `${kind}:${join(await temporaryDirectory(), 'blocks')}`
  const unchecked = await openBlockTier(`${spec}?verify=off`, { hashers })
  for (const { cid } of [BAD, FREE]) await unchecked.store.put(cid, new Uint8Array([1]))
  await unchecked.store.put(SOUND.cid, SOUND.bytes)
  await unchecked.close()
  const { store, close } = await openBlockTier(spec, { hashers })
  onTestFinished(close)
  const keeping = openKeeping(store, toBlockstorePort(store), new MemoryDatastore())
  const wants = [
    ...[BAD, ABSENT, SOUND].map(({ cid }) => ({ cid, stuckBecause })),
    { cid: FREE.cid, stuckBecause: undefined }
  ]
  const told = async () => [...(await damagedWants({ hashers, keeping }, wants))]
  expect(await told()).toEqual([cidKey(BAD.cid)])
  // Some stores put it apart when it is read.
  expect(await keeping.blocks.readBlock(BAD.cid)).toBeUndefined()
  expect(await told()).toEqual([cidKey(BAD.cid)])
})

it('a store that cannot be read is no reason not to tell what is wanted', async () => {
  const keeping = {
    blocks: { readUnchecked: () => Promise.reject(new StoreError('EIO')) },
    damage: { findMissed: () => Promise.resolve(undefined) }
  }
  expect([...(await damagedWants({ hashers, keeping }, [{ cid: BAD.cid, stuckBecause }]))]).toEqual([])
})
