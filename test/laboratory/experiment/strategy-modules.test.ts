import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changedModules, readModules } from '../../../src/laboratory/experiment/strategy-modules.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('of the strategies that are files it is known which and what they were; names are none', async () => {
  const path = join(await temporaryDirectory(), 'own.mjs')
  await writeFile(path, 'export default 1')
  const sha256 = createHash('sha256').update('export default 1').digest('hex')
  expect(await readModules(['fifo', path, 'debt-ratio:floor=0.5'])).toEqual([{ reference: path, path, sha256 }])
  await expect(readModules([`${path}.mjs`])).rejects.toThrow('own.mjs.mjs cannot be read')
})

test('a module that is another file, or that nobody wrote down, has changed; one that only moved has not', () => {
  const module = (reference: string, sha256: string, path = reference) => ({ reference, path, sha256 })
  const [same, was, is] = [module('/same.mjs', 'aa'), module('/own.mjs', 'bb'), module('/own.mjs', 'cc')]
  const references = ['fifo', '/same.mjs', '/own.mjs', '/old.mjs']
  const moved = module('/same.mjs', 'aa', '/elsewhere/same.mjs')
  expect(changedModules(references, [same, was], [moved, is, module('/old.mjs', 'dd')])).toEqual([
    { reference: '/own.mjs', before: was, after: is },
    { reference: '/old.mjs', before: undefined, after: module('/old.mjs', 'dd') }
  ])
  expect(changedModules(['fifo'], [was], [is])).toEqual([])
})
