import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeOwner, type LockOwner, thisProcess } from '../../src/storage/lock-owner.ts'
import { acquireRepoLock } from '../../src/storage/repo-lock.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const self = thisProcess()

/** A lock that somebody else left or holds. */
async function leave(directory: string, owner: LockOwner, ageMs = 0): Promise<void> {
  await (await acquireRepoLock(directory)).release()
  for (const ending of ['claim', 'held']) {
    const file = join(directory, 'lock', `${encodeOwner(owner)}.11111111.${ending}`)
    await writeFile(file, '')
    const then = new Date(Date.now() - ageMs)
    await utimes(file, then, then)
  }
}

describe('acquireRepoLock', () => {
  it('is held by one at a time, and names the holder and the place', async () => {
    const directory = await temporaryDirectory()
    const lock = await acquireRepoLock(directory)
    await expect(acquireRepoLock(directory)).rejects.toMatchObject({
      name: 'RepoLockedError',
      code: 'ERR_REPO_LOCKED',
      pid: process.pid,
      message: expect.stringMatching(
        new RegExp(`the repo ${directory} is in use by process ${process.pid} on .*${directory}/lock`)
      ) as string
    })
    await lock.release()
    await lock.release()
    await (await acquireRepoLock(directory)).release()
    expect(await readdir(join(directory, 'lock'))).toEqual([])
  })

  it('goes to one of many who come together', async () => {
    const directory = await temporaryDirectory()
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => acquireRepoLock(directory)))
    const locks = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(locks).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ERR_REPO_LOCKED' })
    }
    expect(await readdir(join(directory, 'lock'))).toHaveLength(2)
    await locks[0]?.value.release()
  })

  it('does not mind the lock of a process that is gone, and clears it away', async () => {
    const directory = await temporaryDirectory()
    await leave(directory, { ...self, pid: 2 ** 22 + 1 })
    await leave(directory, { ...self, boot: 'earlier' })
    const lock = await acquireRepoLock(directory)
    expect(await readdir(join(directory, 'lock'))).toHaveLength(2)
    await lock.release()
  })

  it('respects an owner out of sight while it touches its lock, and no longer', async () => {
    const directory = await temporaryDirectory()
    const stranger = { ...self, pid: 77, boot: 'other', host: 'elsewhere' }
    await leave(directory, stranger, 50_000)
    await expect(acquireRepoLock(directory)).rejects.toMatchObject({
      pid: 77,
      message: expect.stringContaining('process 77 on elsewhere') as string
    })
    const silent = await temporaryDirectory()
    await leave(silent, stranger, 61_000)
    await (await acquireRepoLock(silent)).release()
  })

  it('passes over files that are no locks', async () => {
    const directory = await temporaryDirectory()
    await (await acquireRepoLock(directory)).release()
    await writeFile(join(directory, 'lock', '.DS_Store'), '')
    await (await acquireRepoLock(directory)).release()
    expect(await readdir(join(directory, 'lock'))).toEqual(['.DS_Store'])
  })

  it('is given up by `await using`', async () => {
    const directory = await temporaryDirectory()
    {
      await using lock = await acquireRepoLock(directory)
      expect(lock).toBeDefined()
    }
    await (await acquireRepoLock(directory)).release()
  })

  it('says so when the directory cannot be written', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'file'), '')
    await expect(acquireRepoLock(join(directory, 'file'))).rejects.toMatchObject({ code: 'ERR_STORE' })
  })
})
