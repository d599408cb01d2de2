import { join } from 'node:path'
import { expect, it } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { warmBarter } from '../support/warm-barter.ts'

async function newRepo(): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  return root
}

it('tells of the node, its peers and its figures', async () => {
  const barter = warmBarter()
  const [repo, other] = [await newRepo(), await newRepo()]
  const [, far] = [await startBarter(repo), await startBarter(other)]
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await barter(args, { repo })
    expect([code, stderr], args.join(' ')).toEqual([0, ''])
    return stdout
  }
  const id = far.address.split('/').at(-1) ?? ''
  expect(JSON.parse(await run('swarm', 'connect', far.address, '--json'))).toEqual({
    Strings: [`connect ${id} success`]
  })
  expect(await run('ping', '-n', '1', id)).toMatch(
    /^PING 12D3\w+\.\nPong received: time=[\d.]+ ms\nAverage latency: [\d.]+ms\n$/u
  )
  expect(await run('stats', 'bw')).toMatch(/^Bandwidth\nTotalIn: .*\nTotalOut: .*\nRateIn: .*\/s\nRateOut: .*\/s\n$/u)
  expect(JSON.parse(await run('stats', 'bw', '--peer', id, '--json'))).toMatchObject({
    TotalIn: expect.any(Number) as number
  })
  expect(await run('stats', 'repo', '-s')).toContain('RepoSize:')
  expect(await run('stats', 'bitswap')).toContain('bitswap status')
  expect(await run('swarm', 'peers', '--identify')).toContain('  Agent Version: barter/')
  expect(await run('swarm', 'filters', 'add', '/ip4/10.0.0.0/ipcidr/8')).toBe('/ip4/10.0.0.0/ipcidr/8\n')
  expect(await run('swarm', 'filters')).toBe('/ip4/10.0.0.0/ipcidr/8\n')
  expect(await run('swarm', 'filters', 'rm', 'all', '--json')).toBe('{"Strings":["/ip4/10.0.0.0/ipcidr/8"]}\n')
  expect(await run('swarm', 'resources')).toMatch(/^Scope\s+Limit Name .*\nsystem\s+Memory/u)
  expect(await run('swarm', 'addrs', 'listen')).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\n$/u)
  const stored = await run('repo', 'ls')
  expect(await run('diag', 'healthy')).toBe('ok\n')
  expect(await run('repo', 'ls')).toBe(stored)
  expect(await run('diag', 'cmds')).toMatch(/^Command\s+Active\s+StartTime\s+RunTime\n(?:.*\n)*diag\/healthy\s+false/u)
  expect(JSON.parse(await run('diag', 'sys'))).toMatchObject({ net: { online: true } })
  expect(await run('version', '--all')).toMatch(
    /^barter version: .*\nRepo version: 18\nSystem version: .*\nNode\.js version: v/u
  )
  const commands = await run('commands')
  for (const name of ['barter swarm filters add', 'barter stats bw', 'barter completion'])
    expect(commands).toContain(`${name}\n`)
}, 90_000)

it('resolves a path, with a daemon and without', async () => {
  const barter = warmBarter()
  const repo = await newRepo()
  const { stdout } = await barter(['add', '-Q', '-w', 'LICENSE-MIT'], { repo })
  const path = `/ipfs/${stdout.trim()}/LICENSE-MIT`
  const resolved = await barter(['resolve', path, '--offline'], { repo })
  expect(resolved.stdout).toMatch(/^\/ipfs\/bafk?\w+\n$/u)
  await startBarter(repo)
  expect((await barter(['resolve', path, '--json'], { repo })).stdout).toBe(
    `${JSON.stringify({ Path: resolved.stdout.trim() })}\n`
  )
}, 60_000)
