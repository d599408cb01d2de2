import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect, oneChunk } from '../../src/api/formats/collect.ts'
import type { AddCandidate } from '../../src/api/service/peer-service.ts'
import { findFiles } from '../../src/cli/find-files.ts'
import { ignoreRules } from '../../src/cli/ignore-rules.ts'
import { listOf } from '../support/list-of.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function sample(): Promise<string> {
  const root = join(await temporaryDirectory(), 'dir')
  await mkdir(join(root, 'sub', '.git'), { recursive: true })
  await writeFile(join(root, 'b'), '12345')
  await writeFile(join(root, '.hidden'), '1')
  await writeFile(join(root, 'sub', 'a'), '123')
  await symlink('../b', join(root, 'sub', 'link'))
  return root
}

async function find(paths: readonly string[], recursive = true, hidden = false) {
  const found = await findFiles(paths, { recursive, hidden })
  return { bytes: found.bytes, list: await contents(found.candidates()) }
}

async function contents(candidates: AsyncIterable<AddCandidate>): Promise<string[]> {
  const list: string[] = []
  for await (const candidate of candidates) {
    const what = candidate.type === 'file' ? Buffer.from(await collect(candidate.content)).toString() : candidate.type
    list.push(`${candidate.path} ${what}`)
  }
  return list
}

describe('files to add', () => {
  it('are found below a folder, in order, without the hidden ones', async () => {
    expect(await find([await sample()])).toEqual({
      bytes: 8,
      list: ['dir folder', 'dir/b 12345', 'dir/sub folder', 'dir/sub/a 123', 'dir/sub/link link']
    })
  })

  it('are found with the hidden ones when asked', async () => {
    const { list } = await find([await sample()], true, true)
    expect(list).toContain('dir/.hidden 1')
    expect(list).toContain('dir/sub/.git folder')
  })

  // What Git leaves out: of a rule that ends in "/" and one with a "/" in it, Kubo 0.43 leaves out nothing.
  it.each([
    [['*.log'], ['src', 'src/NOTE']],
    [
      ['*.log', '!keep.log'],
      ['keep.log', 'src', 'src/NOTE']
    ],
    [['src/'], ['a.log', 'keep.log']],
    [
      ['/a.log', 'note'],
      ['keep.log', 'src', 'src/a.log', 'src/NOTE']
    ],
    [
      ['dir', 'src/*.log'],
      ['a.log', 'keep.log', 'src', 'src/NOTE']
    ]
  ])('are left out by the rules %o', async (patterns, left) => {
    const root = join(await temporaryDirectory(), 'dir')
    await mkdir(join(root, 'src'), { recursive: true })
    const names = ['a.log', 'keep.log', 'src/a.log', 'src/NOTE']
    for (const name of names) await writeFile(join(root, name), '1')
    const rules = join(root, '.gitignore')
    await writeFile(rules, `# rules\n${patterns.join('\n')}\n`)
    const files = left.filter((name) => name !== 'src')
    const list = ['dir', ...left.map((name) => `dir/${name}`)]
    for (const ignores of [await ignoreRules(undefined, patterns), await ignoreRules(rules)]) {
      const found = await findFiles([root], { recursive: true, hidden: false, ignores })
      expect(found.bytes).toBe(files.length)
      expect((await listOf(found.candidates())).map(({ path }) => path).sort()).toEqual(list.sort())
    }
    // Those named are added whatever the rules say, and rules given one by one come after those of a file.
    const ignores = await ignoreRules(rules, ['!*.log', 'NOTE', 'src'])
    const found = await findFiles([join(root, 'a.log'), root], { recursive: true, hidden: false, ignores })
    expect((await contents(found.candidates())).sort()).toEqual([
      'a.log 1',
      'dir folder',
      'dir/a.log 1',
      'dir/keep.log 1'
    ])
  })

  it('cannot be chosen by rules that cannot be read', async () => {
    await expect(ignoreRules('/nowhere/rules')).rejects.toThrow('there is no file or folder "/nowhere/rules"')
    expect(await ignoreRules(undefined)).toBeUndefined()
  })

  it('may be given one by one, hidden or not', async () => {
    const root = await sample()
    expect((await find([join(root, '.hidden'), join(root, 'b')], false)).list).toEqual(['.hidden 1', 'b 12345'])
  })

  it('may come from standard input among others, with a name or without', async () => {
    const file = join(await sample(), 'b')
    const found = await findFiles([file, '-'], { recursive: false, hidden: false, stdin: oneChunk(Buffer.from('in')) })
    expect(found.bytes).toBe(5)
    expect(await contents(found.candidates())).toEqual(['b 12345', ' in'])
    const options = { recursive: false, hidden: false, stdin: oneChunk(Buffer.from('in')), stdinName: 'named' }
    expect(await contents((await findFiles(['-'], options)).candidates())).toEqual(['named in'])
    await expect(find(['-', '-'])).rejects.toThrow('two of the paths are standard input')
  })

  it('bring their permissions and times when that is asked for', async () => {
    const root = await sample()
    await chmod(join(root, 'b'), 0o640)
    execFileSync('touch', ['-d', '1969-12-31T23:59:58.250000001Z', join(root, 'b')])
    const found = await findFiles([join(root, 'b')], { recursive: false, hidden: false, attributes: true })
    const [candidate] = await listOf(found.candidates())
    expect(candidate).toMatchObject({ mode: 0o640, mtime: { seconds: -2, nanoseconds: 250_000_001 } })
    const [plain] = await listOf((await findFiles([join(root, 'b')], { recursive: false, hidden: false })).candidates())
    expect(plain?.mode ?? plain?.mtime).toBeUndefined()
  })

  it('are folders only when that is said', async () => {
    const root = await sample()
    await expect(find([root], false)).rejects.toThrow(
      `${root} is a directory, use the '-r' flag to specify directories`
    )
  })

  it('must be there', async () => {
    await expect(find(['/nothing/here'])).rejects.toThrow('there is no file or folder "/nothing/here"')
    const file = join(await sample(), 'b')
    await expect(find([join(file, 'c')])).rejects.toThrow('a part of the path is a file')
  })

  it('that vanish before they are read are told of in plain words', async () => {
    const root = await sample()
    const found = await findFiles([join(root, 'b')], { recursive: true, hidden: false })
    await rm(join(root, 'b'))
    const read = async (): Promise<void> => {
      for await (const candidate of found.candidates()) {
        if (candidate.type === 'file') await collect(candidate.content)
      }
    }
    await expect(read()).rejects.toThrow(`there is no file or folder "${join(root, 'b')}"`)
  })

  it('are given path by path, too', async () => {
    const root = await sample()
    const found = await findFiles([join(root, 'sub'), join(root, 'b')], { recursive: true, hidden: false })
    const paths: string[][] = []
    for (const candidates of found.each()) {
      const own: string[] = []
      for await (const { path } of candidates) own.push(path)
      paths.push(own)
    }
    expect(paths).toEqual([['sub', 'sub/a', 'sub/link'], ['b']])
  })

  it('must not end in the same name', async () => {
    const root = await sample()
    await expect(find([join(root, 'b'), join(root, 'sub', '..', 'b')])).rejects.toThrow('two of the paths end in "b"')
  })

  it('are no pipes', async () => {
    const root = await sample()
    execFileSync('mkfifo', [join(root, 'pipe')])
    await expect(find([root])).rejects.toThrow('pipe is neither a file, nor a folder, nor a link: leave it out')
  })
})
