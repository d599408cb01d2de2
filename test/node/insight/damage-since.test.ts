import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Metrics } from '../../../src/node/metrics/metrics.ts'
import { createPeer } from '../../../src/node/peer.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { placeOf } from '../../../src/storage/layout.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const { cid, bytes } = numberedBlock(1)

it('damage that was healed leaves a trace: doctor and the metrics tell of it', async () => {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const peer = await createPeer({ repo: root })
  onTestFinished(() => peer.stop())
  const { service, bitswap, libp2p, repo } = peer
  const metrics = new Metrics({
    ...{ insight: service.insight, exchange: bitswap, libp2p, version: '1.2.3' },
    ...{ stores: () => repo?.storeStats() ?? [], gateway: () => undefined }
  })
  const told = async () => (await service.insight.diagnose()).findings.find(({ code }) => code === 'found-damaged')
  await bitswap.put(cid, bytes)
  expect(await told()).toBeUndefined()
  const { directory = '', file = '' } = placeOf(cid) ?? {}
  await writeFile(join(root, 'blocks', directory, file), 'not that block')
  await expect(bitswap.get(cid, { offline: true })).rejects.toMatchObject({ name: 'NotFoundError' })
  expect((await told())?.text).toBe('1 block was found damaged since the start (healed: 0)')
  await bitswap.put(cid, bytes)
  expect(await told()).toMatchObject({
    level: 'warning',
    text: '1 block was found damaged since the start (healed: 1)'
  })
  expect((await metrics.text()).body).toMatch(/^barter_store_damaged_total\{store="blocks",kind="fs".*\} 1$/mu)
})
