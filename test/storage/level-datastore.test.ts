import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Key } from 'interface-datastore'
import { expect, it } from 'vitest'
import { openLevel } from '../../src/storage/level-datastore.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const OPTIONS = { isPacked: false, isSynced: true }

it('a database without its file CURRENT is refused, and nothing touches it', async () => {
  const directory = await temporaryDirectory()
  const key = new Key('/kept')
  const before = await openLevel(directory, OPTIONS)
  await before.put(key, Uint8Array.of(1, 2, 3))
  await before.close()
  const current = await readFile(join(directory, 'CURRENT'))
  await rm(join(directory, 'CURRENT'))

  await expect(openLevel(directory, OPTIONS)).rejects.toMatchObject({
    cause: { message: 'its file CURRENT is missing' }
  })

  // One that was opened behind our back would hold the lock, and begin anew.
  await writeFile(join(directory, 'CURRENT'), current)
  const healed = await openLevel(directory, OPTIONS)
  expect([...(await healed.get(key))]).toEqual([1, 2, 3])
  await healed.close()
})
