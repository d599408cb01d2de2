import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { PROJECT } from '../tools/source-tree.ts'

it('the demo trades a folder between two processes, and finds that all agrees', async () => {
  const demo = join(PROJECT, 'examples', 'demo', 'demo.ts')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^a folder of 307 files, 67 MB, 3\.1 MB of it twice, which is stored and sent once$/mu)
  expect(stdout).toMatch(/^compared 307 files, 67441721 bytes: all the same$/mu)
  expect(stdout).toMatch(/^alice: sent (\d+), received 0, .*\nbob: sent 0, received \1, /mu)
  expect(stdout.endsWith('the two ledgers agree\n')).toBe(true)
}, 60_000)
