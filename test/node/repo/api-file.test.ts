import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readApiFile, removeApiFile, writeApiFile } from '../../../src/node/repo/api-file.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

it('tells where the daemon listens, while there is one', async () => {
  const root = await temporaryDirectory()
  expect(await readApiFile(root)).toBeUndefined()
  await writeApiFile(root, { host: '127.0.0.1', port: 5001 })
  expect(await readApiFile(root)).toEqual({ host: '127.0.0.1', port: 5001 })
  await removeApiFile(root)
  await removeApiFile(root)
  expect(await readApiFile(root)).toBeUndefined()
})

it('says what is wrong with a file that somebody else wrote', async () => {
  const root = await temporaryDirectory()
  await writeFile(join(root, 'api'), 'http://localhost')
  await expect(readApiFile(root)).rejects.toThrow('"http://localhost" is no address for the API')
})
