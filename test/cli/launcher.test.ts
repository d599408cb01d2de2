/** What a program does that starts IPFS daemons for others, and knows nothing of Barter. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { barter, spawnBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

interface Config {
  Addresses: { Swarm: string[]; API: string; Gateway: string }
  API: unknown
  Identity: { PeerID: string }
}

async function readConfig(repo: string): Promise<Config> {
  return JSON.parse(await readFile(join(repo, 'config'), 'utf8')) as Config
}

/** Until the line that a launcher waits for; a hint that it fails is the end of the output. */
async function startAsLauncher(repo: string, args: readonly string[]) {
  const child = spawnBarter(['daemon', ...args], { env: { IPFS_PATH: repo } })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  if (child.stdout === null) throw new Error('there is no output')
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line === 'Daemon is ready') break
  }
  child.stdout.resume()
  return { child, ended, lines, errors: () => errors }
}

it('starts, is asked, and ends, as the launchers of Kubo do it', async () => {
  const repo = join(await temporaryDirectory(), 'repo')
  const env = { IPFS_PATH: repo }
  expect(await barter(['version'], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('version') as string
  })
  expect(await barter(['init', '--profile', 'test', '--empty-repo'], { env })).toMatchObject({ code: 0 })
  const config = await readConfig(repo)
  expect(config.API).toBeDefined()
  // Launchers write addresses that Kubo serves by default, and read the file back.
  config.Addresses.Swarm = [
    '/ip4/127.0.0.1/tcp/0',
    '/ip4/127.0.0.1/udp/0/quic-v1',
    '/ip4/127.0.0.1/udp/0/quic-v1/webtransport'
  ]
  await writeFile(join(repo, 'config'), JSON.stringify({ ...config, Pinning: { RemoteServices: {} } }))

  const flags = [
    '--enable-pubsub-experiment',
    '--enable-namesys-pubsub',
    '--enable-gc',
    '--migrate',
    '--agent-version-suffix=x'
  ]
  const { ended, lines, errors } = await startAsLauncher(repo, flags)
  const api =
    /API server listening on:? (.+)$/u.exec(lines.find((line) => line.includes('API server')) ?? '')?.[1] ?? ''
  expect(api).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*$/u)
  expect(lines.findIndex((line) => line.includes('API server'))).toBeLessThan(lines.indexOf('Daemon is ready'))
  expect(await readFile(join(repo, 'api'), 'utf8')).toBe(api)
  expect(errors()).toContain('quic-v1')
  expect(await readConfig(repo)).toHaveProperty('Pinning.RemoteServices')

  const port = Number(api.split('/').at(-1))
  const post = async (path: string): Promise<string> => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }).end()
    const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage]
    return (await response.toArray()).join('')
  }
  expect(JSON.parse(await post('/api/v0/id'))).toMatchObject({ ID: config.Identity.PeerID })
  expect(JSON.parse((await barter(['id', '--enc=json'], { env })).stdout)).toMatchObject({ ID: config.Identity.PeerID })

  // One who still waits for a block does not hold it up.
  const missing = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
  const waiting = post(`/api/v0/block/get?arg=${missing}`).catch(() => 'cut off')
  await expect.poll(() => post('/api/v0/bitswap/wantlist')).toContain(missing)
  expect(await post('/api/v0/shutdown')).toBe('')
  expect(await ended).toEqual([0, null])
  await waiting
  expect(existsSync(join(repo, 'api'))).toBe(false)
}, 60_000)

it.each([
  [
    '--local',
    ['block', 'stat', 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', '--local'],
    'could not find'
  ],
  ['--config', ['id', '--config', '/nowhere/at/all'], 'no repo found in /nowhere/at/all']
])(
  '%s is understood',
  async (_option, args, message) => {
    const repo = join(await temporaryDirectory(), 'repo')
    await barter(['init', '--profile', 'test'], { repo })
    expect((await barter(args, { repo })).stderr).toContain(message)
  },
  30_000
)
