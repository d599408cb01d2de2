import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { packageVersion } from '../../src/node/package-version.ts'
import { barter, spawnBarter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const HELLO = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
const NOBODY = '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'

async function newRepo(): Promise<string> {
  const repo = join(await temporaryDirectory(), 'repo')
  expect(await barter(['init', '-p', 'test'], { repo })).toMatchObject({ code: 0 })
  return repo
}

/** Everything a process writes, until it ends. */
async function output(child: ReturnType<typeof spawnBarter>): Promise<{ code: number | null; stderr: string }> {
  const stderr: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr: Buffer.concat(stderr).toString() }
}

describe('a newcomer', () => {
  it.each([['--version'], ['-v'], ['--json', '--version']])('asks for the version by %s', async (...args) => {
    const version = packageVersion()
    const { code, stdout, stderr } = await barter(args)
    expect([code, stderr]).toEqual([0, ''])
    if (args.includes('--json')) expect(JSON.parse(stdout)).toMatchObject({ Version: version, Repo: '18' })
    else expect(stdout).toBe(`barter version ${version}\n`)
  })

  it('is told where a new repo has another port, as the usual one is taken', async () => {
    const busy = createServer()
    await new Promise<void>((resolve) => {
      busy.once('error', () => resolve()).listen(4001, '0.0.0.0', resolve)
    })
    onTestFinished(() => void busy.close())
    const repo = join(await temporaryDirectory(), 'repo')
    const { code, stderr } = await barter(['init'], { repo })
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^port 4001 is taken by another program, \d+ is used instead/u)
    ])
    expect(stderr.endsWith(`: see Addresses in ${join(repo, 'config')}\n`)).toBe(true)
    const port = /(\d+) is used/u.exec(stderr)?.[1]
    expect((await barter(['config', 'Addresses.Swarm'], { repo })).stdout).toContain(`/ip4/0.0.0.0/tcp/${port}"`)
  })

  it('is told commands for the repo that was named', async () => {
    const repo = await newRepo()
    const named = `barter --repo-dir ${repo} daemon`
    const { stderr } = await barter(['--repo-dir', repo, 'bitswap', 'wants'])
    expect(stderr).toBe(`Error: this command must be run in online mode. Try running '${named}' first\n`)
    expect((await barter(['--repo-dir', repo, 'doctor'])).stdout).toContain(`→ start it with \`${named}\``)
    expect((await barter(['doctor'], { repo })).stdout).toContain('→ start it with `barter daemon`')
  })

  it('names files that are not there, or are folders', async () => {
    const repo = await newRepo()
    const folder = await temporaryDirectory()
    const missing = join(folder, 'nothing')
    for (const command of [['add'], ['block', 'put']]) {
      expect(await barter([...command, missing], { repo })).toEqual({
        code: 1,
        stdout: '',
        stderr: `Error: there is no file or folder "${missing}"\n`
      })
    }
    expect((await barter(['block', 'put', folder], { repo })).stderr).toBe(
      `Error: "${folder}" is a folder: use "barter add -r"\n`
    )
  })

  it('adds several paths, and finds each folder where it was named', async () => {
    const repo = await newRepo()
    const folder = await temporaryDirectory()
    await mkdir(join(folder, 'sea', 'deep'), { recursive: true })
    for (const name of ['first', 'sea/deep/fish', 'last']) await writeFile(join(folder, name), name)
    const paths = ['first', 'sea', 'last'].map((name) => join(folder, name))
    const names = ({ stdout }: { readonly stdout: string }): string[] =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[2] ?? '')
    const added = await barter(['add', '-r', ...paths], { repo })
    expect(names(added)).toEqual(['first', 'sea/deep/fish', 'sea/deep', 'sea', 'last'])
    const wrapped = await barter(['add', '-r', '-w', ...paths], { repo })
    expect(names(wrapped).at(-1)).toBe('')
    expect((await barter(['add', '-r', '-Q', ...paths], { repo })).stdout).toBe(
      `${added.stdout.trimEnd().split('\n').at(-1)?.split(' ')[1] ?? ''}\n`
    )
  })

  it('is told what a count is, and where the options of every command are', async () => {
    const repo = await newRepo()
    expect((await barter(['routing', 'findprovs', '-n', 'x', HELLO], { repo })).stderr).toContain(
      'Error: --num-providers is "x": expected a whole number, 1 or more\n'
    )
    expect((await barter(['get', '--help'])).stdout).toMatch(/such as --timeout and --json: barter --help\n$/u)
    expect((await barter(['--help'])).stdout).not.toContain('Options of every command')
    expect((await barter(['bitswap', 'policy', 'rm', '--help'])).stdout).toContain('barter bitswap policy rm --cid')
    const { stderr } = await barter(['init', '-p', 'nope'], { repo: join(repo, 'other') })
    const names = stderr.split('expected some of ')[1]?.trim() ?? 'no names'
    expect((await barter(['init', '--help'])).stdout.replaceAll(/\s+/gu, ' ')).toContain(names)
  })

  it('pipes into a program that stops reading', async () => {
    const repo = await newRepo()
    const large = join(await temporaryDirectory(), 'large')
    await writeFile(large, Buffer.alloc(8 * 1024 * 1024, 'a line\n'))
    const cid = (await barter(['add', '-Q', large], { repo })).stdout.trim()
    const child = spawnBarter(['cat', cid], { repo })
    const ended = output(child)
    child.stdout?.once('data', () => child.stdout?.destroy())
    // As a shell tells of a process that SIGPIPE ended.
    expect(await ended).toEqual({ code: 141, stderr: '' })
  })

  it('presses Ctrl-C while a command reads what is typed', async () => {
    const repo = await newRepo()
    const reading = spawnBarter(['add'], { repo })
    const ended = output(reading)
    // More than any pipe holds: once it is taken, the command reads.
    await new Promise((resolve) => reading.stdin?.write(Buffer.alloc(4 * 1024 * 1024), resolve))
    reading.kill('SIGINT')
    expect(await ended).toEqual({ code: 1, stderr: 'Error: context canceled\n' })
  })

  it('is told what to ask when the time ran out', async () => {
    const repo = await newRepo()
    await startBarter(repo)
    const first = 'Error: context deadline exceeded'
    const here = (await barter(['add', '-Q'], { repo, input: 'hello' })).stdout.trim()
    const one = `"barter doctor ${HELLO}" tells why it does not come`
    const several = '"barter doctor" with the CID of each tells why one does not come'
    for (const [advice, args] of [
      [one, ['cat', `/ipfs/${HELLO}`]],
      [one, ['get', `ipfs://${HELLO}`]],
      [one, ['block', 'get', HELLO]],
      [one, ['dag', 'get', `/ipld/${HELLO}/a`]],
      [several, ['cat', here, HELLO]],
      [several, ['refs', '-r', here, HELLO]]
    ] as const) {
      const late = { code: 1, stderr: `${first}\n${advice}\n` }
      expect(await barter([...args, '--timeout', '300ms'], { repo })).toMatchObject(late)
    }
    const onlyHere = await barter(['cat', HELLO, '--offline'], { repo })
    expect(onlyHere.stderr).not.toContain('doctor')
  })

  it.each([
    ['a daemon', NOBODY],
    ['none', NOBODY],
    ['a daemon', '/ip4/127.0.0.1/tcp/1'],
    ['none', '/ip4/127.0.0.1/tcp/1'],
    ['a daemon', '/ip4/127.0.0.1/tcp/1/http'],
    ['none', '/ip4/127.0.0.1/tcp/1/http']
  ])('is told while the peer to ask cannot be reached, with %s, at %s', async (runs, nobody) => {
    const repo = await newRepo()
    if (runs === 'a daemon') await startBarter(repo)
    const child = spawnBarter(['cat', HELLO, '--from', nobody], { repo })
    const ended = output(child)
    const [word] = (await once(child.stderr ?? child, 'data')) as [Buffer]
    expect(word.toString()).toMatch(
      new RegExp(`^Warning: cannot reach ${nobody} \\(.+\\): still trying; --timeout 30s would give up in time\n`, 'u')
    )
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 1 })
  })

  it('is not told of --timeout when it was given', async () => {
    const child = spawnBarter(['cat', HELLO, '--from', NOBODY, '--timeout', '1m'], { repo: await newRepo() })
    const ended = output(child)
    const [word] = (await once(child.stderr ?? child, 'data')) as [Buffer]
    expect(word.toString()).toMatch(/^Warning: cannot reach .*\): still trying\n$/u)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 1 })
  })

  it('asks for what is not here, where no daemon runs: it is told how to get it', async () => {
    const repo = await newRepo()
    const first = `Error: block was not found locally (offline): ipld: could not find ${HELLO}\n`
    const advice = 'no daemon runs: "barter daemon", or --from <multiaddr> of a peer that has it, would fetch it\n'
    expect(await barter(['get', HELLO], { repo })).toMatchObject({ code: 1, stderr: first + advice })
    expect(await barter(['get', HELLO, '--offline'], { repo })).toMatchObject({ code: 1, stderr: first })
  })
})
