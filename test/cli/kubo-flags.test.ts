import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { barter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Each command is a process of its own. */
const SLOW = 120_000

/** A repo with one file in it, beside that file, a folder and links to both. */
async function start(): Promise<{
  readonly run: (...args: readonly string[]) => ReturnType<typeof barter>
  readonly at: (name: string) => string
  readonly cid: string
}> {
  const folder = await temporaryDirectory()
  const repo = join(folder, 'repo')
  const at = (name: string): string => join(folder, name)
  await writeFile(at('file'), 'hello')
  await mkdir(at('sea'))
  await writeFile(at('sea/fish'), 'blub')
  await symlink(at('file'), at('link'))
  await symlink(at('sea'), at('way'))
  expect((await barter(['init', '-p', 'test'], { repo })).code).toBe(0)
  const run = (...args: readonly string[]): ReturnType<typeof barter> => barter([...args], { repo })
  return { run, at, cid: (await run('add', '-Q', at('file'))).stdout.trim() }
}

it(
  'flags that scripts give to Kubo are taken where what they promise is true',
  async () => {
    const { run, at, cid } = await start()
    for (const flags of [
      ['-p', '-D', '-L', '-E', '--fast-provide-root'],
      ['--progress=false', '--nocopy=false', '--fscache=false', '--fast-provide-wait=false']
    ]) {
      const added = await run('add', '-Q', ...flags, at('file'))
      expect([flags, added]).toEqual([flags, { code: 0, stdout: `${cid}\n`, stderr: '' }])
    }
    for (const progress of ['-p', '--progress=false']) {
      expect(await run('cat', progress, cid)).toEqual({ code: 0, stdout: 'hello', stderr: '' })
      expect(await run('get', progress, '-o', '-', cid)).toEqual({ code: 0, stdout: 'hello', stderr: '' })
    }
    expect((await run('pin', 'add', '--progress=false', '--fast-provide-root=false', cid)).code).toBe(0)
    expect(await run('add', '--silent', at('file'))).toEqual({ code: 0, stdout: '', stderr: '' })
  },
  SLOW
)

it(
  'flags that would promise what is not done are refused with the reason',
  async () => {
    const { run, at, cid } = await start()
    for (const [words, why] of [
      [['add', '--nocopy', at('file')], '--nocopy is refused: blocks are kept in the repo'],
      [['add', '--to-files', '/x', at('file')], '--to-files is refused: there are no mutable folders'],
      [['add', '--empty-dirs=false', at('file')], '--no-empty-dirs is refused: empty folders are always added'],
      [['pin', 'add', '--fast-provide-wait', cid], 'barter routing provide -r <cid>'],
      [['--cid-base', 'base36', 'ls', cid], '--cid-base is refused: commands print CIDs as they are'],
      [['ls', '--cid-base=base36', cid], '--cid-base is refused: commands print CIDs as they are']
    ] as const) {
      const { code, stderr } = await run(...words)
      expect([code, stderr]).toEqual([1, expect.stringContaining(why)])
    }
  },
  SLOW
)

it(
  'a path that is a link is followed when asked',
  async () => {
    const { run, at, cid } = await start()
    expect((await run('add', '-Q', at('link'))).stdout.trim()).not.toBe(cid)
    expect((await run('add', '-Q', '--dereference-args', at('link'))).stdout.trim()).toBe(cid)
    const folder = (await run('add', '-r', '-Q', at('sea'))).stdout
    expect((await run('add', '-r', '-Q', '--dereference-args', at('way'))).stdout).toBe(folder)
  },
  SLOW
)
