import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { PROJECT } from '../tools/source-tree.ts'

const run = promisify(execFile)

it.each(['index.ts', 'helia/index.ts', 'client/create-client.ts'])(
  '%s refuses an older Node before all else',
  async (entry) => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.19.2' }); delete Promise.withResolvers`
    const preload = `data:text/javascript,${encodeURIComponent(pretend)}`
    const failed = run(process.execPath, ['--import', preload, join(PROJECT, 'src', entry)])
    await expect(failed).rejects.toThrow('Error: barter needs Node.js 22.12 or newer, and this is 20.19.2')
  }
)
