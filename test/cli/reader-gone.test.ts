import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { barter, spawnBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** What a shell tells of a process that SIGPIPE ended. */
const SIGPIPE_ENDED = 141

async function world() {
  const root = await temporaryDirectory()
  const [repo, many] = [join(root, 'repo'), join(root, 'many')]
  await initRepo(repo, { profile: 'test' })
  await mkdir(many)
  for (let number = 0; number < 300; number++) await writeFile(join(many, `${number}`), `file ${number}`)
  return { repo, many }
}

/** Runs a command whose reader leaves with the first that is printed, as `head` does. */
async function readFirst(repo: string, ...args: string[]) {
  const child = spawnBarter(args, { repo })
  const errors: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
  child.stdin?.end()
  child.stdout?.once('data', () => child.stdout?.destroy())
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, stderr: Buffer.concat(errors).toString() }
}

it(
  'a command that changes something does not end well when its reader leaves before it is done',
  { timeout: 60_000 },
  async () => {
    const { repo, many } = await world()
    const gone = { code: SIGPIPE_ENDED, stderr: '' }
    expect(await readFirst(repo, 'add', '-r', many)).toEqual(gone)
    expect((await barter(['pin', 'ls', '-q'], { repo })).stdout).toBe('')
    expect((await barter(['add', '-r', '-Q', '--pin=false', many], { repo })).code).toBe(0)
    expect(await readFirst(repo, 'repo', 'gc')).toEqual(gone)
  }
)

it('one whose reader leaves with all that it printed has ended well', { timeout: 60_000 }, async () => {
  const { repo } = await world()
  expect(await readFirst(repo, 'repo', 'version', '-q')).toEqual({ code: 0, stderr: '' })
})
