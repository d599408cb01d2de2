import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { PROJECT } from '../tools/source-tree.ts'

const run = promisify(execFile)
const MAIN = join(PROJECT, 'src', 'cli', 'main.ts')

/** Runs the command line as if Node had another version, and tells which modules it loaded. */
async function runAs(version: string, args: readonly string[]) {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`
  try {
    const { stdout, stderr } = await run(process.execPath, ['--import', preload, MAIN, ...args])
    return { code: 0, stdout, stderr }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

/** The files that a command line loads where somebody sits at a terminal. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const spy = `import { registerHooks } from 'node:module'
    Object.defineProperty(process.stderr, 'isTTY', { value: true })
    registerHooks({ load: (url, context, next) => { process.stderr.write(url + '\\n'); return next(url, context) } })`
  const preload = `data:text/javascript,${encodeURIComponent(spy)}`
  const { stderr } = await run(process.execPath, ['--import', preload, MAIN, ...args])
  return stderr.split('\n').filter((url) => url.startsWith('file:'))
}

describe('the start', () => {
  it.each(['20.19.2', '22.11.0', '18.0.0'])('on Node %s is one sentence', async (version) => {
    expect(await runAs(version, ['daemon'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `Error: barter needs Node.js 22.12 or newer, and this is ${version}\n`
    })
  })

  it.each(['22.12.0', '24.0.0', '30.1.0'])('on Node %s is a start', async (version) => {
    expect(await runAs(version, ['version', '--number'])).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([[['--help']], [['add', '--help']], [['version']]])(
    'of %j loads neither libp2p nor a store',
    async (args) => {
      const loaded = await loadedBy(args)
      expect(loaded.length).toBeGreaterThan(5)
      expect(loaded.filter((url) => /libp2p|multiformats|level|unixfs/u.test(url))).toEqual([])
    }
  )

  it('of a command that has its bytes at once loads nothing of what it would tell while it waits', async () => {
    const repo = join(await temporaryDirectory(), 'repo')
    await initRepo(repo, { profile: 'test' })
    // A block that its CID holds.
    const loaded = await loadedBy(['block', 'get', 'bafkqac3imvwgy3zao5xxe3de', '--repo-dir', repo])
    expect(loaded.filter((url) => url.endsWith('/cli/from-option.ts'))).toHaveLength(1)
    expect(loaded.filter((url) => /cli\/(tell-waiting|waiting-line|progress-bar)/u.test(url))).toEqual([])
  })
})
