import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { lockRepo } from '../../src/node/repo/repo.ts'
import { barter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { warmBarter } from '../support/warm-barter.ts'

const [A, B] = [
  '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z',
  'QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ'
]

/** The other peer must be reached first. */
const PATIENCE = { timeout: 30_000 }

async function newRepo(): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  return root
}

it('the bootstrap list is kept in the config, with a daemon and without', async () => {
  const repo = await newRepo()
  const warm = warmBarter()
  const bootstrap = (...args: string[]) => warm(['bootstrap', ...args], { repo })
  const run = async (...args: string[]) => (await bootstrap(...args)).stdout
  const inConfig = async (): Promise<unknown> =>
    (JSON.parse(await readFile(join(repo, 'config'), 'utf8')) as { Bootstrap: unknown }).Bootstrap
  const [one, two] = [`/ip4/192.0.2.7/tcp/4001/p2p/${A}`, `/ip4/192.0.2.8/tcp/4001/p2p/${B}`]
  expect(await run('add', one, two)).toBe(`added ${one}\nadded ${two}\n`)
  expect(await run()).toBe(`${one}\n${two}\n`)
  expect(await run('list', '--json')).toBe(`${JSON.stringify({ Peers: [one, two] })}\n`)
  expect(await run('rm', `/p2p/${A}`)).toBe(`removed ${one}\n`)
  expect(await inConfig()).toEqual([two])
  expect(await run('rm', '--all')).toBe(`removed ${two}\n`)
  expect(await inConfig()).toEqual([])
  expect((await bootstrap('add', '/ip4/192.0.2.7/tcp/4001')).stderr).toBe(
    'Error: invalid peer address "/ip4/192.0.2.7/tcp/4001": it must end with /p2p/<peer id>\n'
  )
  expect((await bootstrap('rm')).stderr).toBe('Error: name what to remove, or give --all\n')
  expect(await run('add', one)).toBe(`added ${one}\n`)
  // The stores are not opened: they may be somebody else's for now.
  const lock = await lockRepo(repo, 0)
  expect(await run('list')).toBe(`${one}\n`)
  expect(await bootstrap('add', two)).toMatchObject({ code: 1, stdout: '' })
  await lock.release()
  expect(await run('rm', '--all')).toBe(`removed ${one}\n`)

  const other = await startBarter(await newRepo())
  await startBarter(repo)
  expect(await run('add', other.address)).toBe(`added ${other.address}\n`)
  expect(await inConfig()).toEqual([other.address])
  // The daemon has no other peer: it connects at once.
  await expect.poll(async () => (await warm(['swarm', 'peers'], { repo })).stdout, PATIENCE).toBe(`${other.address}\n`)
}, 60_000)

it('a daemon stays connected to those it is told to, and tells of them', async () => {
  const repo = await newRepo()
  const other = await startBarter(await newRepo())
  await startBarter(repo)
  const peer = other.address.split('/').at(-1) ?? ''
  const warm = warmBarter()
  const run = async (...args: string[]) => (await warm(['swarm', ...args], { repo })).stdout
  expect(await run('peering', 'add', other.address)).toBe(`add ${peer} success\n`)
  await expect.poll(() => run('peers'), PATIENCE).toBe(`${other.address}\n`)
  expect(await run('peering', 'ls')).toBe(`${peer}\n\t${other.address}\n`)
  expect(await run('peering', 'rm', peer)).toBe(`remove ${peer} success\n`)
  expect(await run('peering', 'ls')).toBe('')
  expect(await run('peers')).toBe(`${other.address}\n`)
}, 60_000)

it('a daemon of a private swarm says so, with the fingerprint of the key', async () => {
  const repo = await newRepo()
  await writeFile(join(repo, 'swarm.key'), `/key/swarm/psk/1.0.0/\n/base16/\n${randomBytes(32).toString('hex')}\n`)
  const { lines } = await startBarter(repo, [], { LIBP2P_FORCE_PNET: '1' })
  expect(lines[0]).toBe('Swarm is limited to private network of peers with the swarm key')
  expect(lines[1]).toMatch(/^Swarm key fingerprint: [0-9a-f]{32}$/u)
  await expect.poll(() => lines.at(-1)).toContain(`init; cp ${join(repo, 'swarm.key')} `)
  const refused = await barter(['daemon'], { repo: await newRepo(), env: { LIBP2P_FORCE_PNET: '1' } })
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toMatch(
    /^Error: LIBP2P_FORCE_PNET is set, but there is no swarm key: put one into .*swarm\.key,/u
  )
}, 60_000)
