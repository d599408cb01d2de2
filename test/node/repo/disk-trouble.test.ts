import { statSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { diskTrouble, initTrouble } from '../../../src/node/repo/disk-trouble.ts'
import { diskError } from '../../support/faulty-file-system.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a disk that fails a repo', () => {
  it('is told of with whose the repo is, where it is of somebody else', async () => {
    const root = await temporaryDirectory()
    const { uid } = statSync(root)
    const told = () => diskTrouble(root, diskError('EACCES'))?.message
    vi.spyOn(process, 'getuid').mockReturnValue(uid)
    expect(told()).toContain(`the repo ${root} cannot be used: EACCES`)
    expect(told()).not.toContain('it belongs to')
    vi.spyOn(process, 'getuid').mockReturnValue(uid + 1)
    expect(told()).toContain(`it belongs to user ${uid}, and this is run by user ${uid + 1}; `)
  })

  it('says what init needs, without a word of locks', () => {
    const told = initTrouble('/root/repo', diskError('EACCES'))
    expect(told).toMatchObject({ code: 'ERR_REPO_STORAGE' })
    expect(String(told)).toMatch(
      /no repo can be made at \/root\/repo \(EACCES.*: init needs a directory that may be written/u
    )
    expect(String(told)).not.toContain('lock')
    expect(String(initTrouble('/repo', diskError('ENOSPC')))).toContain('make room')
    const other = new Error('other')
    expect(initTrouble('/repo', other)).toBe(other)
  })

  it('and without, where nobody can tell', async () => {
    // As a folder that may not be looked into, this cannot be asked for its owner, whoever runs the test.
    const root = join(await temporaryDirectory(), 'round')
    await symlink(root, root)
    expect(() => statSync(root, { throwIfNoEntry: false })).toThrow('ELOOP')
    for (const path of [root, join(root, 'nowhere')]) {
      const error = diskTrouble(path, diskError('EACCES'))
      expect(error).toMatchObject({ code: 'ERR_REPO_STORAGE' })
      expect(error?.message).toContain('name another directory with --repo-dir')
    }
  })
})
