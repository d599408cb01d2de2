import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compareFolders } from '../../examples/demo/compare-folders.ts'
import { barter, spawnBarter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { PROJECT } from '../tools/source-tree.ts'

async function newRepo(name = 'repo'): Promise<string> {
  const repo = join(await temporaryDirectory(), name)
  expect(await barter(['init', '--profile', 'test'], { repo })).toMatchObject({ code: 0 })
  return repo
}

async function newFolder(): Promise<string> {
  const folder = join(await temporaryDirectory(), 'folder')
  await mkdir(join(folder, 'a', 'b', 'empty folder'), { recursive: true })
  await writeFile(join(folder, 'large'), randomBytes(2_500_000))
  await writeFile(join(folder, 'a', 'small ä.txt'), 'small')
  await writeFile(join(folder, 'a', 'b', 'empty'), '')
  await writeFile(join(folder, 'a', 'b', `long ${'x'.repeat(150)}`), 'long')
  return folder
}

const run = promisify(execFile)

describe('two daemons', () => {
  it('trade a folder, and tell the same of it', async () => {
    const [repoA, repoB, folder] = [await newRepo(), await newRepo(), await newFolder()]
    const [alice, bob] = await Promise.all([startBarter(repoA), startBarter(repoB)])
    const added = await barter(['add', '-r', '-Q', folder], { repo: repoA })
    expect(added).toMatchObject({ code: 0, stderr: '' })
    const cid = added.stdout.trim()
    const target = join(await temporaryDirectory(), 'copy')
    const got = await barter(['get', cid, '-o', target, '--from', alice.address], { repo: repoB })
    expect(got).toEqual({ code: 0, stdout: `Saving file(s) to ${target}\n`, stderr: '' })
    expect(await compareFolders(folder, target)).toEqual({ files: 4, bytes: 2_500_009 })

    const [nameA, nameB] = [alice.address, bob.address].map((address) => address.split('/').at(-1) ?? '')
    const ledgers = await Promise.all([
      barter(['bitswap', 'ledger', nameB ?? '', '--json'], { repo: repoA }),
      barter(['bitswap', 'ledger', nameA ?? '', '--json'], { repo: repoB })
    ])
    const [here, there] = ledgers.map(({ stdout }) => JSON.parse(stdout) as { Sent: number; Recv: number })
    expect(here?.Sent).toBeGreaterThan(2_500_009)
    expect([here?.Sent, here?.Recv]).toEqual([there?.Recv, there?.Sent])
    const text = await barter(['bitswap', 'ledger', nameA ?? ''], { repo: repoB })
    expect(text.stdout).toMatch(
      /^Ledger for 12D3KooW\w+\nDebt ratio:\t0\.000000\nExchanges:\t\d+\nBytes sent:\t0\nBytes received:\t\d+\n\n$/u
    )
    // Of one that only gave, Kubo prints a figure, too.
    const given = await barter(['bitswap', 'ledger', nameB ?? ''], { repo: repoA })
    expect(given.stdout).toMatch(/\nDebt ratio:\t\d{7}\.\d{6}\n/u)
    const stat = await barter(['bitswap', 'stat'], { repo: repoB })
    expect(stat.stdout).toMatch(/^bitswap status\n\tblocks received: \d+\n\tblocks sent: 0\n/u)
    expect(stat.stdout).toContain('\twantlist [0 keys]\n\tpartners [1]\n')
    expect((await barter(['swarm', 'peers', '--direction'], { repo: repoB })).stdout).toBe(
      `${alice.address} outbound\n`
    )
    const disconnected = await barter(['swarm', 'disconnect', nameA ?? ''], { repo: repoB })
    expect(disconnected.stdout).toBe(`disconnect ${nameA ?? ''} success\n`)
    expect((await barter(['swarm', 'peers'], { repo: repoB })).stdout).toBe('')
    expect((await barter(['swarm', 'connect', alice.address], { repo: repoB })).stdout).toBe(
      `connect ${nameA ?? ''} success\n`
    )
    expect((await barter(['bitswap', 'wantlist'], { repo: repoB })).stdout).toBe('')
  })

  it('are not needed on both sides', async () => {
    const [repoA, repoB] = [await newRepo(), await newRepo()]
    const alice = await startBarter(repoA)
    const { stdout } = await barter(['add', '-q'], { repo: repoA, input: 'hello\n' })
    const cid = stdout.trim()
    const got = await barter(['cat', cid, '--from', alice.address], { repo: repoB })
    expect(got).toEqual({ code: 0, stdout: 'hello\n', stderr: '' })
    expect((await barter(['cat', cid, '--offline'], { repo: repoB })).stdout).toBe('hello\n')
  })
})

describe('a command that waits', () => {
  const MISSING = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'

  it('gives up on Ctrl-C, leaves nothing behind, and the daemon wants no more of it', async () => {
    const [repo, folder] = [await newRepo(), await temporaryDirectory()]
    await startBarter(repo)
    const child = spawnBarter(['get', MISSING, '-o', join(folder, 'copy')], { repo })
    const ended = once(child, 'close')
    const wantlist = async (): Promise<string> => (await barter(['bitswap', 'wantlist'], { repo })).stdout
    await expect.poll(wantlist, { timeout: 20_000 }).toBe(`${MISSING}\n`)
    child.kill('SIGINT')
    expect(await ended).toEqual([1, null])
    await expect.poll(wantlist, { timeout: 20_000 }).toBe('')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a daemon in a process of its own', () => {
  it('does what a launcher of IPFS daemons expects', async () => {
    const repo = await newRepo()
    const config = JSON.parse(await readFile(join(repo, 'config'), 'utf8')) as { Addresses: unknown; API: unknown }
    expect(config.Addresses).toMatchObject({ API: '/ip4/127.0.0.1/tcp/0' })
    expect(config.API).toBeDefined()
    const daemon = await startBarter(repo, ['--enable-pubsub-experiment', '--enable-namesys-pubsub'])
    const api = daemon.lines
      .find((line) => line.startsWith('RPC API server listening on '))
      ?.split(' ')
      .at(-1)
    expect(api).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d+$/u)
    expect(await readFile(join(repo, 'api'), 'utf8')).toBe(api)
    expect(daemon.lines).toContain('Daemon is ready')
    const outgoing = request({
      host: '127.0.0.1',
      port: Number(api?.split('/').at(-1)),
      path: '/api/v0/shutdown',
      method: 'POST'
    })
    outgoing.end()
    await once(outgoing, 'response')
    expect(await daemon.ended).toEqual([0, null])
    expect(existsSync(join(repo, 'api'))).toBe(false)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends in order on %s', async (signal) => {
    const repo = await newRepo()
    const daemon = await startBarter(repo)
    daemon.process.kill(signal)
    expect(await daemon.ended).toEqual([0, null])
    expect(daemon.lines.slice(-2)).toEqual(['Shutting down …', 'Daemon has stopped'])
    expect(existsSync(join(repo, 'api'))).toBe(false)
    expect(await barter(['repo', 'stat'], { repo })).toMatchObject({ code: 0 })
  })

  it('makes a repo when it is asked to, and ends when the command says so', async () => {
    const repo = join(await temporaryDirectory(), 'new', 'repo')
    await mkdir(join(repo, '..'))
    const daemon = await startBarter(repo, ['--init', '--init-profile', 'test'])
    expect(daemon.lines[0]).toMatch(/^initialized a barter repo at .* for peer 12D3KooW/u)
    expect(await barter(['shutdown'], { repo })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await daemon.ended).toEqual([0, null])
    expect(daemon.lines.at(-1)).toBe('Daemon has stopped')
  })

  it('that was killed is told of, its repo is used without it, and the next one starts', async () => {
    const repo = await newRepo()
    const first = await startBarter(repo)
    first.process.kill('SIGKILL')
    await first.ended
    const { code, stderr, stdout } = await barter(['add', '-Q'], { repo, input: 'hello' })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^bafk\w+\n$/u)])
    const gone = `Warning: the daemon of ${repo} has gone without a word: its repo is used without it\n`
    expect(stderr).toBe(gone)
    expect(await barter(['repo', 'stat'], { repo })).toMatchObject({ code: 0, stderr: '' })
    expect(await barter(['bitswap', 'stat'], { repo })).toMatchObject({ code: 1 })
    await startBarter(repo)
    expect(await barter(['repo', 'stat'], { repo })).toMatchObject({ code: 0 })
  })

  it('of another program is not told of when it is gone', async () => {
    const repo = await newRepo()
    await writeFile(join(repo, 'api'), '/ip4/127.0.0.1/tcp/1')
    await writeFile(join(repo, 'datastore_spec'), '{"type":"mount","mounts":[]}')
    const { stderr } = await barter(['repo', 'stat'], { repo })
    expect(stderr).toMatch(/^Error: the repo .* was made by another program: [^\n]*\n$/u)
  })

  it('says that a profile is for a new repo, and how one that is there gets it', async () => {
    const repo = await newRepo()
    const daemon = spawnBarter(['daemon', '--init', '--init-profile', 'test,server'], { repo })
    onTestFinished(() => void daemon.kill('SIGKILL'))
    const [warning] = (await once(daemon.stderr ?? process.stdin, 'data')) as [Buffer]
    expect(warning.toString().split('\n')[0]).toBe(
      `Warning: ${repo} is a repo already, and --init-profile did nothing: "barter config profile apply test,server" does`
    )
  })

  it('does not start twice on one repo', async () => {
    const repo = await newRepo()
    await startBarter(repo)
    const { code, stderr } = await barter(['daemon'], { repo })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Error: the repo .* is in use by process \d+/u)
  })

  it('prints lines to try next that do what they say', async () => {
    const repo = await newRepo()
    const temporary = await temporaryDirectory()
    const daemon = await startBarter(repo, [], { TMPDIR: temporary })
    await expect.poll(() => daemon.lines.length).toBeGreaterThanOrEqual(daemon.lines.indexOf('Daemon is ready') + 5)
    const [, title, ...commands] = daemon.lines.slice(daemon.lines.indexOf('Daemon is ready') + 1)
    expect(title).toBe('Try next, in another terminal:')
    expect(commands).toHaveLength(2)
    const { stdout } = await run('sh', ['-ec', commands.join('\n')], { cwd: PROJECT })
    expect(stdout).toContain(`initialized a barter repo at ${join(temporary, 'barter-2')}`)
    expect(stdout.endsWith(await readFile(join(PROJECT, 'README.md'), 'utf8'))).toBe(true)
  })
})
