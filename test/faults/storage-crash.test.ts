import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import { acquireRepoLock } from '../../src/storage/repo-lock.ts'
import { SEED } from '../support/seed.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { crashBlock } from './storage-crash-block.ts'

const hashers = await createHashers()
const ROUNDS = 15

/** Lines that a program prints until it is killed, at the line with this number. */
async function killAfter(lines: number, program: string, ...args: readonly string[]): Promise<string[]> {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const seen: string[] = []
  const closed = once(child, 'close')
  for await (const line of createInterface(child.stdout)) {
    seen.push(line)
    if (seen.length === lines) child.kill('SIGKILL')
  }
  await closed
  expect(child.signalCode).toBe('SIGKILL')
  return seen
}

describe('kill -9 among 16 writers', () => {
  it(`loses no acknowledged block and shows no partial one, ${ROUNDS} times over`, { timeout: 120_000 }, async () => {
    const directory = await temporaryDirectory()
    const acknowledged: number[] = []
    const moments = fc.sample(fc.integer({ min: 1, max: 250 }), { seed: SEED, numRuns: ROUNDS })
    for (const [round, moment] of moments.entries()) {
      const lines = await killAfter(moment, 'storage-crash-writer.ts', directory, String(round * 100_000))
      acknowledged.push(...lines.map(Number))
      await checkStore(directory, acknowledged, `BARTER_SEED=${SEED}, round ${round}`)
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(moments.reduce((sum, moment) => sum + moment, 0))
  })
})

async function checkStore(directory: string, acknowledged: readonly number[], where: string): Promise<void> {
  const left = await temporaries(directory)
  const store = await DurableBlockstore.open(directory, { hashers })
  expect(store.counters().leftoversRemoved, where).toBe(left)
  expect(await temporaries(directory), where).toBe(0)
  for (const number of acknowledged) {
    const { cid, bytes } = crashBlock(number)
    const read = await store.readBlock(cid)
    expect(read !== undefined && Buffer.compare(read, bytes) === 0, `${where}: block ${number} was acknowledged`).toBe(
      true
    )
  }
  for await (const { cid } of store.getAll()) {
    expect(await store.readBlock(cid), `${where}: ${cid.toString()} is visible`).toBeDefined()
  }
  expect(store.counters().quarantined, where).toBe(0)
  await store.close()
}

async function temporaries(directory: string): Promise<number> {
  return (await readdir(join(directory, '.temp'))).length
}

describe('kill -9 of the owner of a repo', () => {
  it('leaves no lock that stands in the way', async () => {
    const directory = await temporaryDirectory()
    const [pid] = await killAfter(1, 'storage-crash-owner.ts', directory)
    expect((await readdir(join(directory, 'lock'))).length).toBe(2)
    const lock = await acquireRepoLock(directory)
    expect(Number(pid)).toBeGreaterThan(0)
    await lock.release()
    expect(await readdir(join(directory, 'lock'))).toEqual([])
  })

  it('holds the lock until then, and is named', async () => {
    const directory = await temporaryDirectory()
    const path = fileURLToPath(new URL('storage-crash-owner.ts', import.meta.url))
    const child = spawn(process.execPath, [path, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    const closed = once(child, 'close')
    await once(child.stdout, 'data')
    await expect(acquireRepoLock(directory)).rejects.toMatchObject({ code: 'ERR_REPO_LOCKED', pid: child.pid })
    child.kill('SIGKILL')
    await closed
    await (await acquireRepoLock(directory)).release()
  })
})
