import { spawnSync } from 'node:child_process'
import { chmod, lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { oneChunk } from '../../src/api/formats/collect.ts'
import type { TreeEntry } from '../../src/api/service/peer-service.ts'
import { chooseTarget, extractTree } from '../../src/cli/extract.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const folder = (path: string): TreeEntry => ({ type: 'folder', path: path.split('|') })
const link = (path: string, target: string): TreeEntry => ({ type: 'link', path: path.split('|'), target })
const file = (path: string, text: string): TreeEntry => ({
  type: 'file',
  path: path.split('|'),
  size: text.length,
  content: oneChunk(Buffer.from(text))
})

async function* stream(entries: readonly TreeEntry[], error?: Error): AsyncGenerator<TreeEntry> {
  for (const entry of entries) yield await Promise.resolve(entry)
  if (error !== undefined) throw error
}

async function extract(entries: readonly TreeEntry[], error?: Error) {
  const root = await temporaryDirectory()
  const target = join(root, 'out')
  const warnings: string[] = []
  const done = extractTree(stream(entries, error), target, { warn: (message) => warnings.push(message) })
  return { root, target, warnings, done }
}

describe('writing a tree', () => {
  it('writes files, folders and links under the name that was chosen', async () => {
    const { target, done } = await extract([
      folder('bafy'),
      file('bafy|a', 'one'),
      folder('bafy|sub'),
      file('bafy|sub|b', ''),
      link('bafy|sub|c', '../a')
    ])
    await done
    expect(await readFile(join(target, 'a'), 'utf8')).toBe('one')
    expect(await readFile(join(target, 'sub', 'b'), 'utf8')).toBe('')
    expect(await readFile(join(target, 'sub', 'c'), 'utf8')).toBe('one')
  })

  it('keeps permissions and times, also of folders that may not be written to, and no right to be somebody else', async () => {
    const mtime = { seconds: 1_700_000_000, nanoseconds: 500_000_000 }
    const { target, done } = await extract([
      { ...folder('r'), mode: 0o555, mtime },
      { ...file('r|a', 'one'), mode: 0o4751, mtime },
      { ...link('r|b', 'a'), mtime },
      file('r|c', 'plain')
    ])
    await done
    const found = await Promise.all([target, join(target, 'a'), join(target, 'b')].map((path) => lstat(path)))
    expect(found.map(({ mtimeMs }) => mtimeMs)).toEqual(found.map(() => 1_700_000_000_500))
    expect(found.slice(0, 2).map(({ mode }) => mode & 0o7777)).toEqual([0o555, 0o751])
    await chmod(target, 0o755)
  })

  it('writes a single file', async () => {
    const { target, done } = await extract([file('bafy', 'one')])
    await done
    expect(await readFile(target, 'utf8')).toBe('one')
  })

  it('leaves nothing of a tree that broke off', async () => {
    const { root, done } = await extract([folder('r'), file('r|a', 'one')], new Error('the peer is gone'))
    await expect(done).rejects.toThrow('the peer is gone')
    expect(await readdir(root)).toEqual([])
  })

  it.each([
    ['..', folder('r|..')],
    ['..', file('r|..|..|evil', 'x')],
    ['an absolute path', file('r|/tmp/evil', 'x')],
    ['a slash', file('r|a/../../evil', 'x')],
    ['nothing', file('r|', 'x')],
    ['a dot', file('r|.', 'x')],
    ['a zero', file('r|a\0', 'x')]
  ])('refuses a name that is %s', async (_what, entry) => {
    const { root, done } = await extract([folder('r'), entry])
    await expect(done).rejects.toThrow('refused')
    expect(await readdir(root)).toEqual([])
  })

  it('never writes through a link', async () => {
    const { root, done } = await extract([folder('r'), link('r|a', 'b'), file('r|a', 'through')])
    await expect(done).rejects.toThrow('EEXIST')
    expect(await readdir(root)).toEqual([])
    const second = await extract([
      folder('r'),
      folder('r|real'),
      link('r|a', 'real'),
      folder('r|a'),
      file('r|a|x', 'x')
    ])
    await expect(second.done).rejects.toThrow('EEXIST')
    const third = await extract([folder('r'), folder('r|real'), link('r|a', 'real'), file('r|a|x', 'x')])
    await expect(third.done).rejects.toThrow('ENOENT')
  })

  it('leaves out links that lead out of the tree, and says so', async () => {
    const { target, warnings, done } = await extract([
      folder('r'),
      link('r|out', '/etc/passwd'),
      link('r|up', '../../secret'),
      link('r|in', 'file')
    ])
    await done
    expect(await readdir(target)).toEqual(['in'])
    expect(await readlink(join(target, 'in'))).toBe('file')
    expect(warnings).toEqual([
      'left out the link "r/out": it may lead out of the tree, to "/etc/passwd"',
      'left out the link "r/up": it may lead out of the tree, to "../../secret"'
    ])
  })

  it('leaves out links that lead out of the tree by way of another', async () => {
    const { target, warnings, done } = await extract([
      folder('r'),
      folder('r|d'),
      link('r|d|x', '..'),
      link('r|y', 'd/x/..'),
      link('r|D', 'd'),
      link('r|z', 'D/x/../..'),
      link('r|in', 'd/x/d')
    ])
    await done
    expect((await readdir(target)).toSorted()).toEqual(['D', 'd', 'in'])
    expect(warnings).toHaveLength(2)
  })

  it('does not overwrite what appeared meanwhile', async () => {
    const { root, target, done } = await extract([folder('r'), file('r|a', 'one')])
    await writeFile(target, 'mine')
    await expect(done).rejects.toThrow('appeared meanwhile')
    expect(await readFile(target, 'utf8')).toBe('mine')
    expect(await readdir(root)).toEqual([basename(target)])
  })
})

describe('what a killed process left', () => {
  it('is removed by the next that writes to the same place; all else stays, also what still grows', async () => {
    const root = await temporaryDirectory()
    const gone = spawnSync(process.execPath, ['--version']).pid
    const stays = [
      `.out.${process.pid}-0123abcd.part`,
      `.out.${gone}-0123abcd.part.txt`,
      `.out.x.${gone}-0123abcd.part`,
      `.other.${gone}-0123abcd.part`,
      '.out.part'
    ]
    for (const name of stays) await writeFile(join(root, name), '')
    await mkdir(join(root, `.out.${gone}-0123abcd.part`, 'sub'), { recursive: true })
    await writeFile(join(root, `.out.${gone}-89abcdef.part`), 'half')
    await extractTree(stream([folder('out')]), join(root, 'out'), { warn: () => undefined })
    expect((await readdir(root)).sort()).toEqual([...stays, 'out'].sort())
  })
})

describe('where a tree goes', () => {
  it('is the path that was given, or a name in the folder that was given', async () => {
    const root = await temporaryDirectory()
    expect(await chooseTarget(join(root, 'new'), 'bafy')).toBe(join(root, 'new'))
    expect(await chooseTarget(root, 'bafy')).toBe(join(root, 'bafy'))
  })

  it('is never something that is there already, nor in a folder that is not', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, 'file'), '')
    await mkdir(join(root, 'bafy'))
    await expect(chooseTarget(join(root, 'file'), 'bafy')).rejects.toThrow('is there already: move it away')
    await expect(chooseTarget(root, 'bafy')).rejects.toThrow('is there already')
    await expect(chooseTarget(join(root, 'none', 'new'), 'bafy')).rejects.toThrow('is no folder: make it first')
  })
})
