/** A user of Kubo points its command line at a daemon of ours: `ipfs --api=… <command>`. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { compareFolders } from '../../../examples/demo/compare-folders.ts'
import { barter, startBarter } from '../../support/barter.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ipfs, type IpfsResult } from './ipfs-command.ts'
import { startKubo, withKubo } from './play-kubo.ts'

interface Daemon {
  /** The peer id of the daemon. */
  readonly id: string
  readonly repo: string
  /** Runs a command; its output without the line end. Rejects when it fails. */
  readonly run: (args: readonly string[], input?: Uint8Array) => Promise<string>
  readonly attempt: (args: readonly string[], input?: Uint8Array) => Promise<IpfsResult>
}

async function startDaemon(): Promise<Daemon> {
  const [repo, elsewhere] = [join(await temporaryDirectory(), 'repo'), await temporaryDirectory()]
  expect(await barter(['init', '--profile', 'test'], { repo })).toMatchObject({ code: 0 })
  const { address } = await startBarter(repo)
  const api = (await readFile(join(repo, 'api'), 'utf8')).trim()
  const attempt = (args: readonly string[], input: Uint8Array = new Uint8Array()) =>
    ipfs([`--api=${api}`, ...args], { repo: elsewhere, input })
  const run = async (args: readonly string[], input?: Uint8Array): Promise<string> => {
    const { code, stdout, stderr } = await attempt(args, input)
    if (code !== 0) throw new Error(`ipfs ${args.join(' ')}: ${stderr}`)
    return stdout.toString().trimEnd()
  }
  return { id: address.split('/').at(-1) ?? '', repo, run, attempt }
}

async function newFolder(): Promise<string> {
  const folder = join(await temporaryDirectory(), 'folder')
  await mkdir(join(folder, 'größe 50% a&b', 'empty folder'), { recursive: true })
  await writeFile(join(folder, 'large'), randomBytes(1_200_000))
  await writeFile(join(folder, 'größe 50% a&b', 'x y?.txt'), 'hello')
  await writeFile(join(folder, 'empty'), '')
  await symlink('large', join(folder, 'link'))
  return folder
}

await withKubo('The command line of Kubo on the daemon of Barter', () => {
  it('finds it by the api file of its repo, too', async () => {
    const { id, repo, run } = await startDaemon()
    expect(await run(['id', '-f', '<id> <aver>'])).toMatch(new RegExp(`^${id} barter/`, 'u'))
    expect((await ipfs(['id', '-f', '<id>'], { repo })).stdout.toString()).toBe(id)
  })

  it('adds a folder, lists it, prints and gets it', async () => {
    const { run } = await startDaemon()
    const folder = await newFolder()
    const added = await run(['add', '-r', folder])
    expect(added).toContain('folder/größe 50% a&b/x y?.txt')
    const root = await run(['add', '-r', '-Q', folder])
    expect(added.split('\n').at(-1)).toBe(`added ${root} folder`)
    expect(await run(['ls', root])).toMatch(/1200000 large$/mu)
    expect(await run(['cat', `${root}/größe 50% a&b/x y?.txt`])).toBe('hello')
    expect(await run(['cat', '--offset=1', '--length=3', `${root}/größe 50% a&b/x y?.txt`])).toBe('ell')
    const target = join(await temporaryDirectory(), 'copy')
    await run(['get', root, '-o', target])
    // What the link points to counts again.
    expect(await compareFolders(folder, target)).toEqual({ files: 4, bytes: 2_400_005 })
    expect(await readlink(join(target, 'link'))).toBe('large')
  })

  it('puts, measures, prints and removes a block', async () => {
    const { run, attempt } = await startDaemon()
    const bytes = randomBytes(300)
    const cid = await run(['block', 'put'], bytes)
    expect((await attempt(['block', 'get', cid])).stdout).toEqual(bytes)
    expect(await run(['block', 'stat', cid])).toBe(`Key: ${cid}\nSize: 300`)
    expect(await run(['block', 'stat', '--cid-base=base36', cid])).toContain(`Key: ${CID.parse(cid).toString(base36)}`)
    expect(await run(['block', 'rm', cid])).toBe(`removed ${cid}`)
    const missing = await attempt(['block', 'get', '--offline', cid])
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining(`could not find ${cid}`) as string })
  })

  it('connects to peers, and tells what was exchanged with them', async () => {
    const { run, id } = await startDaemon()
    const other = await startKubo()
    const [address = ''] = other.peer.addresses
    expect(await run(['swarm', 'connect', address])).toBe(`connect ${other.peer.id} success`)
    expect(await run(['swarm', 'peers'])).toBe(address)
    const cid = await other.peer.put(randomBytes(5_000))
    expect((await run(['block', 'stat', '--timeout=20s', String(cid)])).split('\n').at(-1)).toBe('Size: 5000')
    expect(await run(['bitswap', 'stat'])).toMatch(
      /blocks received: 1\n\tblocks sent: 0\n\tdata received: 5000\n.*wantlist \[0 keys\]\n\tpartners \[1\]$/su
    )
    const ledger = await run(['bitswap', 'ledger', other.peer.id])
    expect(ledger).toContain('Exchanges:\t1\nBytes sent:\t0\nBytes received:\t5000')
    expect(await run(['bitswap', 'wantlist', '-p', other.peer.id])).toBe('')
    expect(await run(['swarm', 'disconnect', `/p2p/${other.peer.id}`])).toBe(`disconnect ${other.peer.id} success`)
    expect(await run(['swarm', 'addrs', 'local', '--id'])).toContain(id)
  })

  it('tells of the repo', async () => {
    const { run, repo } = await startDaemon()
    await run(['block', 'put'], randomBytes(300))
    expect(await run(['repo', 'stat'])).toMatch(
      new RegExp(`NumObjects: 1\\n.*RepoPath: +${repo}\\nVersion: +fs-repo@`, 'su')
    )
  })

  it('tells of the node, and of other peers', async () => {
    const { run, id } = await startDaemon()
    const other = await startKubo()
    const [address = ''] = other.peer.addresses
    await run(['swarm', 'connect', address])
    expect(await run(['id', '--peerid-base=base36', '-f', '<id>'])).toMatch(/^k51/u)
    expect(await run(['id', other.peer.id, '-f', '<aver>'])).toMatch(/^kubo\//u)
    expect(await run(['ping', '-n', '1', other.peer.id])).toMatch(
      /Pong received: time=[\d.]+ ms\nAverage latency: [\d.]+ms/u
    )
    expect(await run(['swarm', 'peers', '--verbose'])).toMatch(/ outbound(?:\n|$)/u)
    expect(await run(['swarm', 'peers', '--direction'])).toBe(`${address} outbound`)
    expect(await run(['swarm', 'addrs'])).toContain(other.peer.id)
    expect(await run(['swarm', 'addrs', 'listen'])).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/u)
    expect(await run(['stats', 'bw'])).toMatch(/^Bandwidth\nTotalIn: .*\nTotalOut: .*\nRateIn: .*\/s\nRateOut: .*\/s$/u)
    expect(await run(['stats', 'bw', '--peer', other.peer.id])).toContain('TotalIn: ')
    expect(await run(['stats', 'bw', '--proto', '/ipfs/bitswap/1.2.0'])).toContain('TotalOut: ')
    expect(await run(['stats', 'bitswap'])).toContain('partners [1]')
    expect(await run(['swarm', 'peering', 'add', address])).toBe(`add ${other.peer.id} success`)
    expect(await run(['swarm', 'peering', 'ls'])).toContain(other.peer.id)
    expect(await run(['swarm', 'peering', 'rm', other.peer.id])).toBe(`remove ${other.peer.id} success`)
    expect(await run(['diag', 'cmds'])).toContain('swarm/peering/rm')
    expect(JSON.parse(await run(['diag', 'sys']))).toMatchObject({ net: { online: true } })
    expect(id).toMatch(/^12D3/u)
  })

  it('changes filters and the peers to begin with, and looks at the log', async () => {
    const { run } = await startDaemon()
    expect(await run(['swarm', 'filters', 'add', '/ip4/10.0.0.0/ipcidr/8'])).toBe('/ip4/10.0.0.0/ipcidr/8')
    expect(await run(['swarm', 'filters'])).toBe('/ip4/10.0.0.0/ipcidr/8')
    expect(await run(['swarm', 'filters', 'rm', '/ip4/10.0.0.0/ipcidr/8'])).toBe('/ip4/10.0.0.0/ipcidr/8')
    const address = '/ip4/192.0.2.7/tcp/4001/p2p/12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'
    expect(await run(['bootstrap', 'add', address])).toBe(`added ${address}`)
    expect(await run(['bootstrap', 'list'])).toBe(address)
    expect(await run(['bootstrap', 'rm', address])).toBe(`removed ${address}`)
    expect(await run(['log', 'level', 'all', 'error'])).toContain('Changed log level')
    expect(await run(['log', 'ls'])).not.toBe('')
    expect(await run(['config', 'Datastore.StorageMax'])).toBe('10GB')
    expect(await run(['config', 'show'])).not.toContain('PrivKey')
    expect(await run(['config', '--json', 'Swarm.ConnMgr.HighWater', '77'])).toBe('')
    expect(await run(['config', 'Swarm.ConnMgr.HighWater'])).toBe('77')
    expect(await run(['repo', 'version'])).toContain('18')
    expect(await run(['version', '--enc=json'])).toContain('Version')
  })

  it('pins, lists, exports, imports and collects', async () => {
    const [one, two] = [await startDaemon(), await startDaemon()]
    const cid = await one.run(['add', '-Q'], randomBytes(600_000))
    expect(await one.run(['pin', 'ls', '--type=recursive'])).toBe(`${cid} recursive`)
    expect((await one.run(['refs', cid])).split('\n')).toHaveLength(3)
    expect((await one.run(['refs', 'local'])).split('\n')).toHaveLength(4)
    expect(await one.run(['dag', 'stat', '--progress=false', cid])).toContain(cid)
    const car = (await one.attempt(['dag', 'export', '--progress=false', cid])).stdout
    expect(await two.run(['dag', 'import'], car)).toBe(`Pinned root\t${cid}\tsuccess`)
    expect(await two.run(['resolve', `/ipfs/${cid}`])).toBe(`/ipfs/${cid}`)
    expect(await two.run(['pin', 'rm', cid])).toBe(`unpinned ${cid}`)
    expect(await two.run(['pin', 'add', cid])).toBe(`pinned ${cid} recursively`)
    expect(await two.run(['pin', 'verify', '--verbose'])).toContain('ok')
    await two.run(['pin', 'rm', cid])
    expect(await two.run(['repo', 'gc'])).toMatch(/^(?:removed bafk\w+\n?){4}$/u)
    expect(await two.run(['repo', 'verify'])).toContain('verify complete, all blocks validated.')
    expect(await two.run(['repo', 'stat', '--size-only'])).toContain('RepoSize')
  })

  it('shows the token where one is asked for', async () => {
    const { repo } = await startDaemon()
    await barter(['shutdown'], { repo })
    await barter(['config', '--json', 'API.RequireToken', 'true'], { repo })
    await startBarter(repo)
    const api = (await readFile(join(repo, 'api'), 'utf8')).trim()
    const elsewhere = await temporaryDirectory()
    expect((await ipfs([`--api=${api}`, 'id'], { repo: elsewhere })).code).toBe(1)
    const token = (await readFile(join(repo, 'api-token'), 'utf8')).trim()
    const shown = await ipfs([`--api=${api}`, `--api-auth=bearer:${token}`, 'id', '-f', '<aver>'], { repo: elsewhere })
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout.toString()).toContain('barter/')
  })

  it('is told why an upload is refused, however long it is', async () => {
    const { attempt } = await startDaemon()
    const refused = await attempt(['add', '--cid-version=2'], randomBytes(16 * 1024 * 1024))
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown CID version: 2') as string })
    const limited = await attempt(['add', '--max-directory-links=8'], randomBytes(16))
    expect(limited).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('max-directory-links is not supported here') as string
    })
  })

  it('ends it', async () => {
    const { run, attempt } = await startDaemon()
    await run(['shutdown'])
    expect((await attempt(['id'])).code).toBe(1)
  })
})
