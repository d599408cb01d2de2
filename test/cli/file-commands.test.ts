/** Files in and out on the command line, with the options that users of Kubo know. */
import { chmod, lstat, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { oneChunk } from '../../src/api/formats/collect.ts'
import { readTar } from '../../src/api/remote/tar-read.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { startBarter, type Result } from '../support/barter.ts'
import { listOf } from '../support/list-of.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { warmBarter } from '../support/warm-barter.ts'

async function world() {
  const root = await temporaryDirectory()
  const barter = warmBarter()
  const repo = join(root, 'repo')
  await initRepo(repo, { profile: 'test' })
  const path = (name: string): string => join(root, name)
  await writeFile(path('small'), 'hello\n')
  await writeFile(path('other'), 'again\n')
  const run = async (args: readonly string[], input = ''): Promise<string> => {
    const { code, stdout, stderr } = await barter(args, { repo, input })
    expect([code, stderr], args.join(' ')).toEqual([0, ''])
    return stdout.trim()
  }
  const fails = async (args: readonly string[], input = ''): Promise<Result> => {
    const result = await barter(args, { repo, input })
    expect(result.code, args.join(' ')).toBe(1)
    return result
  }
  return { root, repo, path, run, fails, barter }
}

describe('the commands of files', () => {
  it('add as Kubo does', { timeout: 60_000 }, async () => {
    const { path, run, fails } = await world()
    const small = path('small')
    expect(await run(['add', '-Q', '--hash', 'blake3', small])).toBe(
      'bafkr4ieojr6bxgo37viopkkrqx7k2xxbish2sbfc7xlxr2xv6ln72yu2te'
    )
    expect(await run(['add', '-Q', '--inline', small])).toBe('bafkqabtimvwgy3yk')
    expect(await run(['cat', 'bafkqabtimvwgy3yk'])).toBe('hello')
    expect(await run(['add', '-Q', '-t', '--mode', '0600', '--mtime', '1700000000', small])).toMatch(/^bafybei/u)
    expect(await run(['add', '-Q', '--mode', '0600', '--mtime', '1700000000', small])).toBe(
      'bafybeidtd7ivpiu4s7bbuqu4opbx6gm24xkrfnvxlbbacldjvmrflisate'
    )
    const added = 'added QmdckCoPuhEtiNzREtqpYn8dBgY8ifcG82Q4eyEdGCLEiu QmdckCoPuhEtiNzREtqpYn8dBgY8ifcG82Q4eyEdGCLEiu'
    expect(await run(['add', '--cid-version', '0', small, '-'], 'hi')).toBe(
      `added QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN small\n${added}`
    )
    expect(await run(['add', '-n', '--stdin-name', 'x', '-'], 'hi')).toMatch(/^added bafkrei\w+ x$/u)
    expect((await fails(['add', '--hash', 'md5', small])).stderr).toContain('expected one of sha2-256, sha2-512')
    expect((await fails(['add', '--mtime-nsecs', '5', small])).stderr).toContain('--mtime-nsecs needs --mtime')
  })

  it('add leaves out what rules say, those of a file first', { timeout: 60_000 }, async () => {
    const { path, run, fails } = await world()
    await mkdir(path('dir/build'), { recursive: true })
    for (const name of ['a.log', 'keep.log', 'x', 'build/o']) await writeFile(path(`dir/${name}`), name)
    await writeFile(path('dir/.gitignore'), '*.log\nbuild/\n')
    const names = async (args: readonly string[]) =>
      (await run(['add', '-r', ...args, path('dir')])).split('\n').map((line) => line.split(' ')[2])
    const rules = ['--ignore-rules-path', path('dir/.gitignore')]
    expect(await names(rules)).toEqual(['dir/x', 'dir'])
    expect(await names([...rules, '--ignore', '!keep.log', '--ignore=x'])).toEqual(['dir/keep.log', 'dir'])
    expect((await fails(['add', '-r', '--ignore-rules-path', path('none'), path('dir')])).stderr).toContain('no file')
  })

  it('keep permissions and times through a daemon', { timeout: 60_000 }, async () => {
    const { repo, path, run } = await world()
    await mkdir(path('dir'))
    await writeFile(path('dir/tool'), 'run')
    await chmod(path('dir/tool'), 0o750)
    await utimes(path('dir/tool'), 1_600_000_000, 1_600_000_000)
    await chmod(path('dir'), 0o700)
    await startBarter(repo)
    const cid = await run(['add', '-Q', '-r', '--preserve-mode', '--preserve-mtime', path('dir')])
    await run(['get', cid, '-o', path('back')])
    const [folder, tool] = [await lstat(path('back')), await lstat(path('back/tool'))]
    expect([folder.mode & 0o777, tool.mode & 0o777, tool.mtimeMs]).toEqual([0o700, 0o750, 1_600_000_000_000])
  })

  it('print several files as one, and get archives', { timeout: 60_000 }, async () => {
    const { root, repo, path, run, fails, barter } = await world()
    const cids = (await run(['add', '-q', path('small'), path('other')])).split('\n')
    expect(await run(['cat', ...cids])).toBe('hello\nagain')
    expect(await run(['cat', '-o', '5', '-l', '4', ...cids])).toBe('aga')
    const cid = cids[0] ?? ''
    expect(await run(['get', cid, '-a', '-o', path('one')])).toBe(`Saving archive to ${path('one.tar')}`)
    expect((await listOf(readTar(oneChunk(await readFile(path('one.tar')))))).map((entry) => entry.path)).toEqual([
      [cid]
    ])
    await run(['get', cid, '-a', '-C', '-o', path('one')])
    expect(gunzipSync(await readFile(path('one.tar.gz')))).toEqual(await readFile(path('one.tar')))
    await run(['get', cid, '-C', '-l', '9', '-o', path('one')])
    expect(gunzipSync(await readFile(path('one.gz'))).toString()).toBe('hello\n')
    expect((await fails(['get', cid, '-C', '-l', '10', '-o', path('two')])).stderr).toContain('between 1 and 9')
    // Kubo writes a file named "-", and says so where the bytes are expected.
    expect(await barter(['get', cid, '-o', '-'], { repo })).toEqual({ code: 0, stdout: 'hello\n', stderr: '' })
    const tar = await barter(['get', cid, '-a', '-o', '-'], { repo })
    expect([tar.stderr, tar.stdout]).toEqual(['', await readFile(path('one.tar'), 'utf8')])
    await mkdir(path('dir'))
    const folder = await run(['add', '-Q', '-r', path('dir')])
    expect(await barter(['get', folder, '-o', '-'], { repo })).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error: ${folder} is no file: take it as an archive with -a, or name a path with -o\n`
    })
    const nowhere = await fails([
      'get',
      'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
      '-o',
      path('two')
    ])
    expect([nowhere.stdout, nowhere.stderr]).toEqual(['', expect.stringContaining('could not find')])
    expect((await readdir(root)).filter((name) => name.includes('two') || name.includes('.part'))).toEqual([])
  })

  it('say what was expected', { timeout: 60_000 }, async () => {
    const { path, run, fails } = await world()
    expect((await fails(['dag', 'import', path('small')])).stderr).toContain(
      'this is no CAR file, or one that ends within its header: expected version 1 or 2'
    )
    expect((await fails(['dag', 'put'], '{no')).stderr).toMatch(
      /^Error: the input is no dag-json: expected JSON such as [^\n]+\n$/u
    )
    await writeFile(path('large'), Buffer.alloc(3 * 1024 * 1024))
    expect((await fails(['block', 'put', path('large')])).stderr).toContain('or --allow-big-block for up to 4')
    const big = await run(['block', 'put', '--allow-big-block', path('large')])
    expect(await run(['block', 'stat', big])).toContain('Size: 3145728')
    const text = JSON.stringify('x'.repeat(3 * 1024 * 1024))
    expect((await fails(['dag', 'put'], text)).stderr).toContain('pass --allow-big-block')
    expect(await run(['dag', 'put', '--allow-big-block'], text)).toMatch(/^bafyrei/u)
  })
})
