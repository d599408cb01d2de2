import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeFileAtomic } from '../../../src/node/repo/write-file.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

it('replaces a file as a whole, with the mode that was asked for', async () => {
  const folder = await temporaryDirectory()
  await writeFileAtomic(join(folder, 'a'), 'old', 0o644)
  await writeFileAtomic(join(folder, 'a'), 'new', 0o600)
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new')
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['a'])
})

it('leaves nothing behind when it fails', async () => {
  const folder = await temporaryDirectory()
  await mkdir(join(folder, 'a', 'b'), { recursive: true })
  await expect(writeFileAtomic(join(folder, 'a'), 'text', 0o600)).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['a'])
})
