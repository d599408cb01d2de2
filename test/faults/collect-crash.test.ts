import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/api/formats/collect.ts'
import { openOffline } from '../../src/node/service/open-offline.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { all } from '../support/memory-content.ts'
import { SEED } from '../support/seed.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { crashBlock } from './storage-crash-block.ts'

const ROUNDS = 5
const WRITER = fileURLToPath(new URL('collect-crash-writer.ts', import.meta.url))

/** What the process acknowledged; it is killed when that many blocks have been told to be removed, in the middle. */
async function killWhileCollecting(repo: string, first: number, moment: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [WRITER, repo, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const pins: string[] = []
  let removals = 0
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('pin ')) pins.push(line)
    else if (++removals === moment) child.kill('SIGKILL')
  }
  await closed
  expect(child.signalCode).toBe('SIGKILL')
  return pins
}

describe('kill -9 while blocks are removed, put and pinned', () => {
  it(`loses nothing that was acknowledged, ${ROUNDS} times over`, { timeout: 120_000 }, async () => {
    const repo = join(await temporaryDirectory(), 'repo')
    await initRepo(repo, { profile: 'test' })
    const acknowledged: string[] = []
    const moments = fc.sample(fc.integer({ min: 1, max: 12 }), { seed: SEED, numRuns: ROUNDS })
    for (const [round, moment] of moments.entries()) {
      acknowledged.push(...(await killWhileCollecting(repo, round * 100_000, moment)))
      await checkRepo(repo, acknowledged, `BARTER_SEED=${SEED}, round ${round}`)
    }
    expect(acknowledged.length).toBeGreaterThan(0)
  })
})

async function checkRepo(repo: string, acknowledged: readonly string[], where: string): Promise<void> {
  const { service, close } = await openOffline(repo, () => undefined)
  try {
    const { pins, store } = service.contents
    const pinned = new Map((await all(pins.verify())).map(({ cid, bad }) => [cid, bad]))
    for (const line of acknowledged) {
      const [, number = '', cid = ''] = line.split(' ')
      expect(pinned.get(cid), `${where}: ${line}`).toEqual([])
      const { content } = await service.cat(`${cid}/${number}`)
      const same = Buffer.compare(await collect(content), crashBlock(Number(number)).bytes) === 0
      expect(same, `${where}: ${line}`).toBe(true)
    }
    // Whatever else is pinned, a last pin that nobody heard of, is whole as well: a collection goes to its end.
    expect([...pinned.values()].flat(), where).toEqual([])
    await all(store.collect())
    const left = (await all(store.verify())).filter(({ type }) => type === 'damaged')
    expect(left, where).toEqual([])
  } finally {
    await close()
  }
}
