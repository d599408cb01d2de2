import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readConfig, writeConfig } from '../../src/node/config/config.ts'
import type { Override } from '../../src/node/config/override.ts'
import { withValue } from '../../src/node/config/overrides.ts'
import { startDaemon, type Daemon } from '../../src/node/daemon.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** What the disk says to whoever writes, or to whoever calls it at all; undefined while it works. */
const disk = vi.hoisted((): { refuses?: { code: string; reads: boolean } | undefined } => ({}))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>()
  const calls: Record<string, unknown> = { ...real }
  const fail = (name: string, path: unknown): never => {
    const words = { EACCES: 'permission denied', EROFS: 'read-only file system', ENOSPC: 'no space left on device' }
    const code = disk.refuses?.code as keyof typeof words
    throw Object.assign(new Error(`${code}: ${words[code]}, ${name} '${String(path)}'`), { code, syscall: name, path })
  }
  const isWrite = (name: string, args: readonly unknown[]): boolean =>
    name === 'open' ? !['r', undefined, 0].includes(args[1] as string) && Number.isNaN(Number(args[1])) : true
  for (const name of [
    'writeFile',
    'rename',
    'link',
    'unlink',
    'chmod',
    'open',
    'access',
    'readFile',
    'readdir',
    'stat'
  ]) {
    const call = calls[name] as (...args: unknown[]) => Promise<unknown>
    const isRead = ['access', 'readFile', 'readdir', 'stat'].includes(name)
    calls[name] = async (...args: unknown[]) => {
      const { refuses } = disk
      if (refuses !== undefined && (isRead ? refuses.reads : isWrite(name, args))) fail(name, args[0])
      return await call(...args)
    }
  }
  return calls
})

async function newRepo(): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  return root
}

async function start(root: string, overrides: readonly Override[] = [], warnings: string[] = []): Promise<Daemon> {
  const daemon = await startDaemon({ root, warn: (line) => warnings.push(line), overrides })
  onTestFinished(() => daemon.stop())
  return daemon
}

async function set(root: string, key: string, value: unknown): Promise<void> {
  const path = join(root, 'config')
  await writeConfig(path, withValue((await readConfig(path)).source, key.split('.'), value))
}

/** A port that somebody else has. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function refuse(code: string, reads = false): void {
  disk.refuses = { code, reads }
  onTestFinished(() => {
    disk.refuses = undefined
  })
}

type Damage = (root: string) => unknown

const taken = (key: string, isList = false): Damage => {
  return async (root) => {
    const address = `/ip4/127.0.0.1/tcp/${await takenPort()}`
    await set(root, key, isList ? [address] : address)
  }
}
const ELSEWHERE = 'name another directory with --repo-dir'

/** What is wrong, the code of the refusal, what is said of the cause, and what is said to do. */
const TABLE: readonly (readonly [what: string, damage: Damage, code: string, cause: string, fix: string])[] = [
  [
    'the swarm port is taken',
    taken('Addresses.Swarm', true),
    'ERR_PORT_IN_USE',
    'is in use by another program',
    'choose another port in Addresses.Swarm of '
  ],
  [
    'the port of the API is taken',
    taken('Addresses.API'),
    'ERR_PORT_IN_USE',
    'is in use by another program',
    'choose another port in Addresses.API of '
  ],
  [
    'the port of the gateway is taken',
    taken('Addresses.Gateway'),
    'ERR_PORT_IN_USE',
    'is in use by another program',
    'choose another port in Addresses.Gateway of '
  ],
  [
    'the API is to listen on an address of another machine',
    async (root) => {
      await set(root, 'API.RequireToken', true)
      await set(root, 'Addresses.API', '/ip4/192.0.2.1/tcp/5001')
    },
    'ERR_LISTEN',
    'EADDRNOTAVAIL',
    'choose an address that this machine has in Addresses.API of '
  ],
  [
    'the gateway is to listen on an address of another machine',
    (root) => set(root, 'Addresses.Gateway', '/ip4/192.0.2.1/tcp/8080'),
    'ERR_LISTEN',
    'EADDRNOTAVAIL',
    'choose an address that this machine has in Addresses.Gateway of '
  ],
  [
    'a swarm address is none',
    (root) => set(root, 'Addresses.Swarm', ['/ip4/nowhere/tcp/0', '/ip4/127.0.0.1/tcp/0']),
    'ERR_REPO_CONFIG',
    'and "/ip4/nowhere/tcp/0" is none',
    'expected multiaddrs with a port to listen on, such as /ip4/0.0.0.0/tcp/4001'
  ],
  [
    'the address of the API is none',
    (root) => set(root, 'Addresses.API', 'localhost:5001'),
    'ERR_REPO_CONFIG',
    'Addresses.API is "localhost:5001"',
    'expected addresses such as /ip4/127.0.0.1/tcp/5001'
  ],
  [
    'the repo may not be read',
    () => refuse('EACCES', true),
    'ERR_REPO_STORAGE',
    'permission denied',
    `belong to who runs this, or ${ELSEWHERE}`
  ],
  [
    'the repo may not be written',
    () => refuse('EACCES'),
    'ERR_REPO_STORAGE',
    'a repo is locked while it is used',
    `belong to who runs this, or ${ELSEWHERE}`
  ],
  [
    'the disk is read-only',
    () => refuse('EROFS'),
    'ERR_REPO_STORAGE',
    'read-only file system',
    `mount its disk for writing, or ${ELSEWHERE}`
  ],
  ['the disk is full', () => refuse('ENOSPC'), 'ERR_REPO_STORAGE', 'no space left', 'make room on it'],
  [
    'the repo has another version',
    (root) => fs.writeFile(join(root, 'version'), '99\n'),
    'ERR_REPO_VERSION',
    'has version "99"',
    'use the program that made it'
  ],
  [
    'another process has the repo',
    (root) => start(root),
    'ERR_REPO_LOCKED',
    `is in use by process ${process.pid} on `,
    'stop it, or '
  ],
  [
    'the key is none',
    (root) => damageConfig(root, '"PrivKey": "', '"PrivKey": "AAAA'),
    'ERR_REPO_IDENTITY',
    'Identity.PrivKey',
    'put it back from a copy'
  ],
  [
    'the strategy is unknown',
    (root) => set(root, 'Bitswap.Strategy', 'debt-ration'),
    'ERR_REPO_CONFIG',
    'Bitswap.Strategy is "debt-ration"',
    'debt-ratio'
  ],
  [
    'the config is no JSON',
    (root) => damageConfig(root, '{', '{ oops'),
    'ERR_REPO_CONFIG',
    'it is not JSON',
    'mend it, or put it back from a copy'
  ],
  [
    'a setting has a value that it cannot have',
    (root) => set(root, 'Swarm.ConnMgr.HighWater', 'many'),
    'ERR_REPO_CONFIG',
    'Swarm.ConnMgr.HighWater is "many"',
    'expected a whole number from 1'
  ]
]

async function damageConfig(root: string, from: string, to: string): Promise<void> {
  const path = join(root, 'config')
  const text = await fs.readFile(path, 'utf8')
  await fs.writeFile(path, text.replace(from, to))
}

describe('a start fails, and says why and what to do, when', () => {
  it.each(TABLE)('%s', async (_what, damage, code, cause, fix) => {
    const root = await newRepo()
    await damage(root)
    const error = await start(root).then(
      () => new Error('it started'),
      (reason: unknown) => reason
    )
    expect(error).toMatchObject({ code, message: expect.stringContaining(cause) as string })
    expect(error).toHaveProperty('message', expect.stringContaining(fix))
    expect(error).toHaveProperty('message', expect.stringContaining(code === 'ERR_INVALID_PARAMETERS' ? '' : root))
  })

  it('a setting of this start alone is wrong, by the name it was given', async () => {
    const overrides = [
      { key: 'Swarm.ConnMgr.HighWater', value: -1, origin: 'environment', source: 'BARTER_SWARM_CONNMGR_HIGHWATER' }
    ] as const
    await expect(start(await newRepo(), overrides)).rejects.toThrow('set by BARTER_SWARM_CONNMGR_HIGHWATER')
  })

  it.each(['EACCES', 'EROFS'])('a repo cannot be made: %s', async (code) => {
    const root = join(await temporaryDirectory(), 'repo')
    refuse(code)
    await expect(initRepo(root)).rejects.toMatchObject({
      code: 'ERR_REPO_STORAGE',
      message: expect.stringMatching(
        /init needs a directory that may be written to; name another with --repo-dir/u
      ) as string
    })
  })
})

it('a swarm address that only others serve is told of, and the others are served', async () => {
  const root = await newRepo()
  await set(root, 'Addresses.Swarm', ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport', '/ip4/127.0.0.1/tcp/0'])
  const warnings: string[] = []
  const { peer } = await start(root, [], warnings)
  expect(warnings.join('\n')).toContain('webtransport: it is of a kind that is not served here')
  expect(peer.libp2p.getMultiaddrs()).toHaveLength(1)
})

it('after a start that failed the same repo starts', async () => {
  const root = await newRepo()
  disk.refuses = { code: 'EROFS', reads: false }
  await expect(start(root)).rejects.toMatchObject({ code: 'ERR_REPO_STORAGE' })
  disk.refuses = undefined
  await expect(start(root)).resolves.toBeDefined()
})
