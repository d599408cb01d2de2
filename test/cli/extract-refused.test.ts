import type * as FileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { chooseTarget } from '../../src/cli/extract.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

// Whoever runs the tests may be somebody whom no folder refuses.
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof FileSystem>()),
  access: () => Promise.reject(Object.assign(new Error('read-only file system'), { code: 'EROFS' }))
}))

it('a folder that takes no files is told of before anything is fetched', async () => {
  const root = await temporaryDirectory()
  await expect(chooseTarget(join(root, 'new'), 'bafy')).rejects.toThrow(
    `nothing can be written to ${root} (EROFS): choose another path with -o`
  )
})
