import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barter } from '../support/barter.ts'
import { PROJECT } from '../tools/source-tree.ts'

const PACKAGE = join(PROJECT, 'package.json')
const HELLO = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'

describe('the command line on a repo of its own', () => {
  let root = ''
  let repo = ''

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'barter-cli-'))
    repo = join(root, 'repo')
    const { code, stdout, stderr } = await barter(['init', '--profile', 'test'], { repo })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^generating ED25519 keypair\.\.\.done\npeer identity: 12D3KooW\w+\ninitialized a barter repo at /u
    )
  })

  afterAll(() => rm(root, { recursive: true, force: true }))

  it('adds standard input, and prints it again', async () => {
    const added = await barter(['add'], { repo, input: 'hello\n' })
    expect(added).toEqual({ code: 0, stdout: `added ${HELLO} ${HELLO}\n`, stderr: '' })
    expect(await barter(['cat', HELLO], { repo })).toEqual({ code: 0, stdout: 'hello\n', stderr: '' })
    expect((await barter(['cat', `/ipfs/${HELLO}`, '-o', '1', '-l', '3', '--offline'], { repo })).stdout).toBe('ell')
  })

  it('adds a folder, lists it and gets it back', async () => {
    const source = join(root, 'photos')
    await mkdir(join(source, 'sea'), { recursive: true })
    await writeFile(join(source, 'sea', 'a\u001b[31m.jpg'), 'picture')
    const { stdout } = await barter(['add', '-r', source, '--json'], { repo })
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { Name: string; Hash: string })
    expect(lines.map(({ Name }) => Name)).toEqual(['photos/sea/a\u001b[31m.jpg', 'photos/sea', 'photos'])
    const cid = lines.at(-1)?.Hash ?? ''
    expect((await barter(['add', '-Q', '-r', source], { repo })).stdout).toBe(`${cid}\n`)
    expect((await barter(['ls', `${cid}/sea`], { repo })).stdout).toMatch(/^bafk\w+ 7 a\\u001b\[31m\.jpg\n$/u)
    const target = join(root, 'copy')
    const got = await barter(['get', cid, '-o', target, '--offline'], { repo })
    expect(got).toEqual({ code: 0, stdout: `Saving file(s) to ${target}\n`, stderr: '' })
    expect(await readFile(join(target, 'sea', 'a\u001b[31m.jpg'), 'utf8')).toBe('picture')
    const again = await barter(['get', cid, '-o', join(target, 'sea', 'a\u001b[31m.jpg')], { repo })
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('is there already: move it away, or choose another path with -o')
    expect(again.stderr).not.toContain('\u001b')
  })

  it('tells where it saves only once there is something to save', async () => {
    const source = join(root, 'lost')
    await mkdir(source)
    await writeFile(join(source, 'file'), 'lost and found')
    const folder = (await barter(['add', '-Q', '-r', '--pin=false', source], { repo })).stdout.trim()
    const [leaf = ''] = (await barter(['refs', folder], { repo })).stdout.trim().split('\n')
    expect((await barter(['block', 'rm', leaf], { repo })).code).toBe(0)
    const got = await barter(['get', folder, '-o', join(root, 'found')], { repo })
    expect([got.code, got.stdout]).toEqual([1, ''])
    const empty = (await barter(['add', '-Q', '-'], { repo, input: '' })).stdout.trim()
    const target = join(root, 'empty')
    const nothing = { code: 0, stdout: `Saving file(s) to ${target}\n`, stderr: '' }
    expect(await barter(['get', empty, '-o', target], { repo })).toEqual(nothing)
  })

  it('stores, shows and removes blocks', async () => {
    const put = await barter(['block', 'put', '--cid-codec', 'dag-cbor', '--mhtype', 'blake3'], { repo, input: '\xa0' })
    const cid = put.stdout.trim()
    expect(cid).toMatch(/^bafyr/u)
    expect((await barter(['block', 'stat', cid], { repo })).stdout).toBe(`Key: ${cid}\nSize: 2\n`)
    expect((await barter(['block', 'stat', cid, '--json'], { repo })).stdout).toBe(`{"Key":"${cid}","Size":2}\n`)
    expect((await barter(['block', 'rm', cid], { repo })).stdout).toBe(`removed ${cid}\n`)
    expect(await barter(['block', 'rm', cid], { repo })).toEqual({
      code: 1,
      stdout: '',
      stderr: `cannot remove ${cid}: ipld: could not find ${cid}\nError: some blocks not removed\n`
    })
    expect(await barter(['block', 'rm', '--force', cid], { repo })).toMatchObject({ code: 0 })
    expect(await barter(['block', 'get', '--offline', cid], { repo })).toEqual({
      code: 1,
      stdout: '',
      stderr: `Error: block was not found locally (offline): ipld: could not find ${cid}\n`
    })
  })

  it('shows the repo and the peer', async () => {
    expect((await barter(['repo', 'stat'], { repo })).stdout).toMatch(
      /^NumObjects: \d+\nRepoSize: {3}\d+\nStorageMax: 10000000000\nRepoPath: {3}.*\nVersion: {4}fs-repo@18\n$/u
    )
    const [first, titles, ...stores] = (await barter(['repo', 'stat', '--size-only', '--io'], { repo })).stdout
      .split('\n')
      .slice(1)
    expect(first).toBe('StorageMax: 10000000000')
    expect(titles).toMatch(/^Store +Reads +Hits +Misses +Read +ReadMs +Writes +Written +WriteMs +Errors$/u)
    expect(stores.slice(0, -1).map((row) => row.replace(/ {2,}.*/u, ''))).toEqual(['blocks (fs)', 'metadata (level)'])
    const { Identity } = JSON.parse(await readFile(join(repo, 'config'), 'utf8')) as { Identity: { PeerID: string } }
    expect((await barter(['id', '-f', '<id>'], { repo })).stdout).toBe(`${Identity.PeerID}\n`)
    expect(JSON.parse((await barter(['id', '--json'], { repo })).stdout)).toMatchObject({ ID: Identity.PeerID })
    expect((await barter(['version'])).stdout).toMatch(/^barter version \d+\.\d+\.\d+\n$/u)
    expect((await barter(['version', '-n'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u)
  })

  // Each message must name what is wrong, and what to do about it where that is not plain.
  it.each([
    [['ad'], "Error: unknown command 'ad'\n(Did you mean one of add, id?)\nTry --help.\n"],
    [
      ['files', 'ls'],
      "unknown command 'files': Kubo has it, and barter has not (docs/rpc.md lists all such commands)\nTry --help.\n"
    ],
    [['pin', 'remote'], "unknown command 'remote': Kubo has it, and barter has not"],
    [['add', '--recursiv', 'x'], "Error: unknown option '--recursiv'\n(Did you mean --recursive?)\nTry --help.\n"],
    [['block'], 'Usage: barter block'],
    [['cat'], "Error: missing required argument 'path'\nTry --help.\n"],
    [['cat', 'nonsense'], 'Error: invalid path "nonsense": '],
    [['cat', HELLO, '--offset', '-1'], '--offset is "-1": expected a whole number, 0 or more'],
    [['cat', HELLO, '--timeout', 'soon'], 'Error: invalid duration "soon": expected one like 30s or 1m30s\n'],
    [
      ['cat', HELLO, '--api', 'localhost'],
      'is no address for the API: expected one like /ip4/127.0.0.1/tcp/5001 or /unix/'
    ],
    [['get', HELLO, '-o', '/none/such/path'], 'Error: /none/such is no folder: make it first'],
    [['get', HELLO, '--from', '/nowhere'], 'Error: "/nowhere" is no peer to ask ('],
    [['add', '/none/such/file'], 'Error: there is no file or folder "/none/such/file"\n'],
    [['add', '.'], "is a directory, use the '-r' flag to specify directories\n"],
    [['add', '--chunker', 'rabin', PACKAGE], 'unrecognized chunker option: rabin: expected size-<bytes>'],
    [['add', '--cid-version', '2', PACKAGE], '--cid-version is "2": expected one of 0, 1'],
    [['block', 'put', '--mhtype', 'md5', PACKAGE], 'Error: unknown hash function "md5": expected one of sha2-256'],
    [['init'], 'holds a repo already: use it, or name another directory with --repo-dir'],
    [['init', '--algorithm', 'rsa'], 'Error: keys are ed25519 here, not rsa: leave out --algorithm\n'],
    [['init', '--repo-dir', '/tmp', '--profile', 'x'], 'Error: /tmp holds other files'],
    [['swarm', 'peers'], "Error: this command must be run in online mode. Try running 'barter daemon' first\n"],
    [['bitswap', 'stat'], "Error: this command must be run in online mode. Try running 'barter daemon' first\n"],
    [['shutdown'], "Error: this command must be run in online mode. Try running 'barter daemon' first\n"],
    [
      ['id', '--repo-dir', '/none'],
      'Error: no repo found in /none: run "barter --repo-dir /none init", or start with "barter --repo-dir /none daemon --init"\n'
    ],
    [['daemon', '--repo-dir', '/none'], 'Error: no repo found in /none: run "barter --repo-dir /none init"']
  ])('%j fails with %j', async (args, message) => {
    const { code, stdout, stderr } = await barter(args, { repo, cwd: root })
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([1, ''])
  })

  it.each([
    ['/ip4/127.0.0.1/tcp/1', 'connection refused'],
    ['/dns4/nobody.invalid/tcp/5001', 'no such host'],
    ['/unix/nowhere/barter.sock', 'there is no such socket']
  ])('of a daemon at %s, where none is, names the address and why', async (api, why) => {
    const { code, stderr } = await barter(['id', '--api', api], { repo })
    expect(code).toBe(1)
    expect(stderr).toMatch(`Error: cannot connect to the api at ${api.replace('dns4', 'dns')}: ${why}`)
    expect(stderr.trim()).toMatch(/Is the daemon running\?$/u)
  })

  it('takes flags as --flag=false and --flag=true', async () => {
    const sizes = (await barter(['repo', 'stat', '--size-only=true'], { repo })).stdout
    expect(sizes).not.toContain('NumObjects')
    expect((await barter(['repo', 'stat', '--size-only', '--size-only=false'], { repo })).stdout).toContain(
      'NumObjects'
    )
    expect((await barter(['repo', 'stat', '-s=true', '--json=false'], { repo })).stdout).toBe(sizes)
    const wrong = await barter(['repo', 'stat', '--human=maybe'], { repo })
    expect(wrong).toMatchObject({ code: 1, stderr: 'Error: "maybe" is neither true nor false\n' })
  })

  it('gives up when the time is up', async () => {
    const missing = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const { code, stderr } = await barter(['block', 'get', missing, '--timeout', '100ms'], { repo })
    const advice = `"barter doctor ${missing}" tells why it does not come`
    expect([code, stderr]).toEqual([1, `Error: context deadline exceeded\n${advice}\n`])
  })
})

describe('help', () => {
  const COMMANDS = [
    ['init'],
    ['daemon'],
    ['add'],
    ['get'],
    ['cat'],
    ['ls'],
    ['id'],
    ['version'],
    ['shutdown'],
    ['block', 'put'],
    ['block', 'get'],
    ['block', 'stat'],
    ['block', 'rm'],
    ['swarm', 'connect'],
    ['swarm', 'disconnect'],
    ['swarm', 'peers'],
    ['swarm', 'addrs'],
    ['swarm', 'peering', 'add'],
    ['swarm', 'peering', 'ls'],
    ['swarm', 'peering', 'rm'],
    ['bootstrap', 'list'],
    ['bootstrap', 'add'],
    ['bootstrap', 'rm'],
    ['bitswap', 'stat'],
    ['bitswap', 'wantlist'],
    ['bitswap', 'ledger'],
    ['repo', 'stat']
  ]

  it('of every command shows an example, and goes to standard output', async () => {
    for (let start = 0; start < COMMANDS.length; start += 4) {
      const some = COMMANDS.slice(start, start + 4)
      const results = await Promise.all(some.map((command) => barter([...command, '--help'])))
      results.forEach(({ code, stdout, stderr }, index) => {
        expect([code, stderr]).toEqual([0, ''])
        expect(stdout).toContain(`Usage: barter ${(some[index] ?? []).join(' ')}`)
        expect(stdout).toMatch(/^Examples?:\n {2}/mu)
      })
    }
  })

  it('of the program lists the commands', async () => {
    const [long, word] = await Promise.all([barter(['--help']), barter(['help', 'add'])])
    expect(long.stdout).toContain('daemon                run a peer that serves others')
    expect(word.stdout).toContain('Usage: barter add')
  })
})
