import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NotFoundError } from '../../src/errors.ts'
import {
  hasCode,
  nodeFileSystem,
  retryWhenOutOfFiles,
  storeErrors,
  unlessAbsent
} from '../../src/storage/file-system.ts'
import { diskError, failing, FaultyFileSystem } from '../support/faulty-file-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const noWait = (): Promise<undefined> => Promise.resolve(undefined)

describe('retryWhenOutOfFiles', () => {
  it('tries again, with growing pauses, while handles are short', async () => {
    const directory = await temporaryDirectory()
    const disk = new FaultyFileSystem()
    disk.intercept = (_, number) => (number <= 3 ? diskError(number === 2 ? 'ENFILE' : 'EMFILE') : undefined)
    const waits: number[] = []
    const patient = retryWhenOutOfFiles(disk, (delayMs) => Promise.resolve(waits.push(delayMs)))
    await (await patient.open(directory, 'r')).close()
    expect(waits).toEqual([5, 10, 20])
  })

  it.each(['open', 'readFile', 'readdir', 'syncDirectory'] as const)('gives up in the end: %s', async (name) => {
    const directory = await temporaryDirectory()
    const disk = new FaultyFileSystem()
    disk.intercept = failing(1, 'EMFILE', true)
    const patient = retryWhenOutOfFiles(disk, noWait)
    await expect(patient[name](directory, 'r')).rejects.toThrow('EMFILE')
    expect(disk.calls.length).toBe(9)
  })

  it('does not repeat what failed for another reason', async () => {
    const disk = new FaultyFileSystem()
    disk.intercept = failing(1, 'EIO', false)
    await expect(retryWhenOutOfFiles(disk, noWait).readdir('/')).rejects.toThrow('EIO')
    expect(disk.calls.length).toBe(1)
  })
})

describe('nodeFileSystem', () => {
  it.runIf(process.platform === 'linux')(
    'has the system sync what is written to a file opened with "wxs"',
    async () => {
      const directory = await temporaryDirectory()
      for (const [flags, isSynced] of [
        ['wx', false],
        ['wxs', true]
      ] as const) {
        const path = join(directory, flags)
        const file = await nodeFileSystem.open(path, flags)
        expect((flagsOf(path) & constants.O_DSYNC) !== 0, flags).toBe(isSynced)
        await file.write(Uint8Array.of(7), 0, 1)
        await file.close()
        expect([...readFileSync(path)]).toEqual([7])
        expect(() => flagsOf(path)).toThrow('is not open')
        await expect(nodeFileSystem.open(path, flags)).rejects.toThrow('EEXIST')
      }
    }
  )

  it.runIf(process.platform === 'linux')('closes a directory that it synced', async () => {
    const directory = await temporaryDirectory()
    await nodeFileSystem.syncDirectory(directory)
    expect(() => flagsOf(directory)).toThrow('is not open')
  })
})

/** With what a file that this process has open was opened, as Linux tells. */
function flagsOf(path: string): number {
  for (const descriptor of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${descriptor}`) !== path) continue
    } catch {
      continue // the one that lists them
    }
    return parseInt(/^flags:\s*(\d+)/mu.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '', 8)
  }
  throw new Error(`${path} is not open`)
}

describe('storeErrors', () => {
  it('makes a StoreError of what the disk says, with its cause', async () => {
    const cause = diskError('ENOSPC')
    const failed = storeErrors('it cannot be', () => Promise.reject(cause))
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_STORE',
      cause,
      message: 'it cannot be: ENOSPC: made by the test'
    })
  })

  it('leaves our own errors as they are', async () => {
    const error = new NotFoundError('none')
    await expect(storeErrors('it cannot be', () => Promise.reject(error))).rejects.toBe(error)
  })
})

describe('unlessAbsent', () => {
  it('takes only ENOENT for absence', async () => {
    expect(await unlessAbsent(Promise.resolve(1))).toBe(1)
    const absent: Promise<number> = Promise.reject(diskError('ENOENT'))
    expect(await unlessAbsent(absent)).toBeUndefined()
    for (const code of ['EIO', 'EACCES', 'EMFILE', 'ENOTDIR', 'ELOOP', 'ESTALE']) {
      await expect(unlessAbsent(Promise.reject(diskError(code)))).rejects.toThrow(code)
    }
  })
})

describe('hasCode', () => {
  it('looks at errors only', () => {
    expect(hasCode(diskError('EIO'), 'ENOENT', 'EIO')).toBe(true)
    expect(hasCode(diskError('EIO'), 'ENOENT')).toBe(false)
    for (const other of [undefined, null, 'EIO', { code: 'EIO' }, new Error('EIO')]) {
      expect(hasCode(other, 'EIO')).toBe(false)
    }
  })
})
