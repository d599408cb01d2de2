import { constants } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { fileSystemOn } from '../../src/storage/file-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const called = vi.hoisted(() => ({ modes: [] as unknown[], syncs: 0 }))

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>()
  return {
    ...real,
    open: (...args: Parameters<typeof real.open>) => {
      called.modes.push(args[1])
      real.open(...args)
    },
    fsync: (...args: Parameters<typeof real.fsync>) => {
      called.syncs += 1
      real.fsync(...args)
    }
  }
})

describe('a write that is to be on the disk when it resolves', () => {
  it.each([
    ['linux', 'wxs', true, 0],
    ['linux', 'wx', false, 0],
    ['darwin', 'wxs', false, 2],
    ['darwin', 'wx', false, 0],
    ['freebsd', 'wxs', false, 2]
  ] as const)(
    'on %s, opened with %s: by itself %s, by %i calls for two writes',
    async (platform, flags, itself, syncs) => {
      Object.assign(called, { modes: [], syncs: 0 })
      const path = join(await temporaryDirectory(), 'file')
      const file = await fileSystemOn(platform).open(path, flags)
      for (const byte of [1, 2]) await file.write(Uint8Array.of(byte), 0, 1)
      await file.close()
      expect(called.modes.map((mode) => (Number(mode) & constants.O_DSYNC) !== 0)).toEqual([itself])
      expect(called.syncs).toBe(syncs)
    }
  )
})
