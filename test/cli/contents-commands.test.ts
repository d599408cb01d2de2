/** Pins, DAGs, CARs and the blocks of a repo on the command line, in the words of Kubo. */
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { placeOf } from '../../src/storage/layout.ts'
import { spawnBarter, startBarter, type Result } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { warmBarter } from '../support/warm-barter.ts'

const HELLO_JSON = '{"hello":"world"}'
/** What Kubo makes of it: dag-cbor, sha2-256. */
const HELLO_CID = 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae'

/** A folder with two files of which one is a copy of the other, in a repo of its own. */
async function world() {
  const root = await temporaryDirectory()
  const barter = warmBarter()
  const repo = join(root, 'repo')
  await initRepo(repo, { profile: 'test' })
  const source = join(root, 'dir')
  await mkdir(join(source, 'sub'), { recursive: true })
  await writeFile(join(source, 'a'), 'hello')
  await writeFile(join(source, 'sub', 'b'), 'hello')
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await barter(args, { repo })
    expect([code, stderr], args.join(' ')).toEqual([0, ''])
    return stdout
  }
  const fails = async (...args: string[]): Promise<Result> => {
    const result = await barter(args, { repo })
    expect(result.code, args.join(' ')).toBe(1)
    return result
  }
  const folder = (await run('add', '-Q', '-r', source)).trim()
  const [a, sub] = (await run('refs', folder)).trim().split('\n')
  return { root, repo, barter, run, fails, folder, a: a ?? '', sub: sub ?? '' }
}

/** As Kubo tells of a file of which there is only the content. */
const NOTHING_KEPT = { Mode: 0, ModTime: '0001-01-01T00:00:00Z' }

describe('the commands of content', () => {
  it('pin, by a daemon', { timeout: 60_000 }, async () => {
    const { repo, run, fails, folder, a, sub } = await world()
    await startBarter(repo)
    expect(await run('pin', 'ls', '--type', 'recursive')).toBe(`${folder} recursive\n`)
    expect((await run('pin', 'ls')).split('\n').filter(Boolean).sort()).toEqual(
      [`${a} indirect`, `${folder} recursive`, `${sub} indirect`].sort()
    )
    expect(await run('pin', 'ls', `${folder}/a`)).toBe(`${a} indirect through ${folder}\n`)
    expect(await run('pin', 'add', '--name', 'sea', sub)).toBe(`pinned ${sub} recursively\n`)
    expect(await run('pin', 'add', '-r=false', a)).toBe(`pinned ${a} directly\n`)
    expect(await run('pin', 'ls', '--name', 'se')).toBe(`${sub} recursive sea\n`)
    expect(await run('pin', 'ls', '-q', '-t', 'direct')).toBe(`${a}\n`)
    expect(JSON.parse(await run('pin', 'ls', '-t', 'direct', '--json'))).toEqual({
      Keys: { [a]: { Type: 'direct', Name: '' } }
    })
    expect(await run('pin', 'verify')).toBe('')
    expect(await run('pin', 'verify', '--verbose')).toContain(`${folder} ok\n`)
    expect(await run('pin', 'rm', a)).toBe(`unpinned ${a}\n`)
    expect((await fails('pin', 'rm', a)).stderr).toBe(`Error: ${a} is not pinned or pinned indirectly\n`)
    expect(await run('pin', 'update', sub, folder)).toBe(`updated ${sub} to ${folder}\n`)
    expect(await run('pin', 'ls', '-t', 'recursive', '-q')).toBe(`${folder}\n`)
    expect((await fails('pin', 'ls', sub, '-t', 'direct')).stderr).toBe(`Error: path '${sub}' is not pinned\n`)
    const other = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    expect((await fails('pin', 'add', '--offline', other)).stderr).toBe(
      `Error: pin: block was not found locally (offline): ipld: could not find ${other}\n`
    )
  })

  it('dag, refs and ls', { timeout: 60_000 }, async () => {
    const { root, barter, run, fails, folder, a, sub, repo } = await world()
    expect((await barter(['dag', 'put'], { repo, input: HELLO_JSON })).stdout).toBe(`${HELLO_CID}\n`)
    expect(await run('dag', 'get', HELLO_CID)).toBe(`${HELLO_JSON}\n`)
    expect(await run('dag', 'get', `${HELLO_CID}/hello`)).toBe('"world"\n')
    expect(await run('dag', 'resolve', `${folder}/sub/b`)).toBe(`${a}\n`)
    const stat = await run('dag', 'stat', folder)
    expect(stat).toMatch(/^CID +\tBlocks +\tSize\nbafy\w+\t3 +\t\d+\n\nSummary\nTotal Size: \d+ \(/u)
    expect(JSON.parse(await run('dag', 'stat', folder, '--json'))).toMatchObject({
      UniqueBlocks: 3,
      Ratio: 1,
      DagStats: [{ Cid: folder, NumBlocks: 3 }]
    })
    const car = join(root, 'dir.car')
    await writeFile(car, await output(repo, 'dag', 'export', folder))
    const copy = join(root, 'copy')
    await initRepo(copy, { profile: 'test' })
    const imported = await barter(['dag', 'import', '--stats', car], { repo: copy })
    expect(imported.stdout).toMatch(
      new RegExp(`^Pinned root\t${folder}\tsuccess\nImported 3 blocks \\(\\d+ bytes\\)\n$`, 'u')
    )
    expect((await barter(['cat', `${folder}/sub/b`, '--offline'], { repo: copy })).stdout).toBe('hello')
    expect(await run('refs', '-r', folder)).toBe(`${a}\n${sub}\n${a}\n`)
    expect(await run('refs', '-r', '--unique', folder)).toBe(`${a}\n${sub}\n`)
    expect(await run('refs', '--edges', sub)).toBe(`${sub} -> ${a}\n`)
    expect(await run('refs', '--format', '<linkname>: <dst>', folder)).toBe(`a: ${a}\nsub: ${sub}\n`)
    expect(JSON.parse(await run('refs', '--json', sub))).toEqual({ Ref: a, Err: '' })
    expect((await run('refs', 'local')).trim().split('\n')).toHaveLength(5)
    expect(await run('ls', folder)).toBe(`${a} 5 a\n${sub} - sub/\n`)
    expect(await run('ls', '--headers', '--size=false', folder)).toBe(
      `${'Hash'.padEnd(a.length)} Name\n${a} a\n${sub} sub/\n`
    )
    expect(await run('ls', '--size=false', '--resolve-type=false', folder)).toBe(`${a} a\n${sub} sub\n`)
    expect(await run('ls', '-s', '-v', sub)).toBe(`${'Hash'.padEnd(a.length)} Size      Name\n${a} 5         b\n`)
    expect(await run('ls', folder, sub)).toBe(`${folder}:\n${a} 5 a\n${sub} - sub/\n\n${sub}:\n${a} 5 b\n`)
    expect(JSON.parse(await run('ls', '--json', sub))).toEqual({
      Objects: [{ Hash: sub, Links: [{ Name: 'b', Hash: a, Size: 5, Type: 2, Target: '', ...NOTHING_KEPT }] }]
    })
    expect((await fails('dag', 'get', `${HELLO_CID}/nope`)).stderr).toContain('nope')
  })

  it('repo gc and verify', { timeout: 60_000 }, async () => {
    const { repo, barter, run, fails, folder, a, sub } = await world()
    await run('pin', 'rm', folder)
    await run('pin', 'add', sub)
    const lines = (await run('repo', 'gc')).trim().split('\n')
    // The folder, and the empty one that every folder begins as.
    expect(lines.every((line) => /^removed bafk\w+$/u.test(line))).toBe(true)
    expect(lines).toHaveLength(2)
    expect(await run('repo', 'gc')).toBe('')
    expect(await run('repo', 'verify')).toBe('verify complete, all blocks validated.\n')
    await damage(repo)
    const found = await fails('repo', 'verify')
    expect(found.stdout).toBe(`block ${a} was corrupt (block in storage has different hash than requested)\n`)
    expect(found.stderr).toMatch(/^Error: verify complete, 1 blocks corrupt\n`barter repo verify --heal` fetches /u)
    // Known from then on, without another look at every block.
    const problem = `PROBLEM block ${a} is damaged\n        → \`barter repo verify --heal\``
    expect((await fails('doctor')).stdout).toContain(problem)
    // A damaged block is taken away as it is found.
    const broken = await fails('pin', 'verify')
    expect(broken.stdout).toContain(`${sub} broken\n  ${a}: `)
    expect(broken.stderr).toContain('`barter repo verify --heal`')
    expect((await fails('doctor')).stdout).toContain(problem)
    expect((await fails('repo', 'verify')).stdout).toBe(
      `block ${a} was corrupt (block was damaged and lies in quarantine)\n`
    )
    const dropped = await barter(['repo', 'verify', '--drop'], { repo })
    expect([dropped.code, dropped.stdout]).toEqual([0, expect.stringContaining('1 removed')])
    expect(dropped.stderr).toContain(`Warning: pin ${sub} is no longer complete\n\`barter pin verify\` names all`)
    expect((await fails('doctor')).stdout).toContain(
      `PROBLEM pin ${sub} is not complete: block ${a} is missing\n        → \`barter pin verify\` names all`
    )
    // What is below a damaged block cannot be told: nothing is removed, and it is said how to get out of it.
    const { directory = '', file = '' } = placeOf(CID.parse(sub)) ?? {}
    await writeFile(join(repo, 'blocks', directory, file), 'damaged')
    const stopped = (await fails('repo', 'gc')).stderr
    expect(stopped).toContain(`could not retrieve links for ${sub}: `)
    expect(stopped).toContain('\n`barter repo verify --heal` fetches what is damaged')
    await run('pin', 'rm', sub)
    expect((await barter(['repo', 'gc'], { repo })).code).toBe(0)
  })
})

/** What a command writes, byte by byte. */
async function output(repo: string, ...args: string[]): Promise<Buffer> {
  const child = spawnBarter(args, { repo })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  expect(await once(child, 'close')).toEqual([0, null])
  return Buffer.concat(chunks)
}

/** Writes over the one block that holds `hello`. */
async function damage(repo: string): Promise<void> {
  for (const entry of await readdir(join(repo, 'blocks'), { recursive: true })) {
    const file = join(repo, 'blocks', entry)
    if (entry.endsWith('.data') && (await readFile(file, 'utf8')) === 'hello') await writeFile(file, 'HELLO')
  }
}
