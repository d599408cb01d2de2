import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { blockCid } from '../../../src/node/service/block-cid.ts'
import { readConfig, writeConfig } from '../../../src/node/config/config.ts'
import { createIdentity } from '../../../src/node/repo/identity.ts'
import { merge } from '../../../src/node/repo/profiles.ts'
import { openRepo, type Repo } from '../../../src/node/repo/repo.ts'
import type { MovedPort } from '../../../src/node/repo/free-ports.ts'
import { initRepo, repoExists } from '../../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const hashers = await createHashers()

async function newRepo(): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  return root
}

async function open(root: string, warnings: string[] = []): Promise<Repo> {
  const repo = await openRepo(root, { hashers, warn: (message) => warnings.push(message) })
  onTestFinished(() => repo.close())
  return repo
}

async function changeConfig(root: string, section: string, values: Record<string, unknown>): Promise<void> {
  const path = join(root, 'config')
  await writeConfig(path, merge((await readConfig(path)).source, section, values))
}

describe('a new repo', () => {
  it('has the files of a repo, for its owner only', async () => {
    const root = await newRepo()
    expect((await readdir(root)).sort()).toEqual([
      'api-token',
      'blocks',
      'config',
      'datastore',
      'datastore_spec',
      'version'
    ])
    expect(await readFile(join(root, 'version'), 'utf8')).toBe('18\n')
    for (const [name, mode] of [
      ['', 0o700],
      ['config', 0o600],
      ['blocks', 0o700]
    ] as const) {
      expect((await stat(join(root, name))).mode & 0o777).toBe(mode)
    }
  })

  it('is not made over another', async () => {
    const root = await newRepo()
    const before = await readFile(join(root, 'config'), 'utf8')
    await expect(initRepo(root)).rejects.toMatchObject({ code: 'ERR_REPO_EXISTS' })
    expect(await readFile(join(root, 'config'), 'utf8')).toBe(before)
  })

  it('is not made among other files', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, 'thesis.tex'), '')
    await expect(initRepo(root)).rejects.toThrow('holds other files (thesis.tex): set BARTER_PATH')
    expect(await readdir(root)).toEqual(['thesis.tex'])
  })

  it('leaves nothing when a profile is mistyped', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    await expect(initRepo(root, { profile: 'tets' })).rejects.toThrow('invalid configuration profile: tets')
    expect(await repoExists(root)).toBe(false)
  })

  it('is finished where a first start was cut off', async () => {
    const root = await newRepo()
    await rm(join(root, 'config'))
    await initRepo(root, { profile: 'test' })
    expect((await open(root)).config.addresses.swarm).toEqual(['/ip4/127.0.0.1/tcp/0'])
  })

  it.each([
    [undefined, '0.0.0.0', 4001],
    ['local-only', '127.0.0.1', 4001],
    [undefined, '127.0.0.1', 5001]
  ])('of profile %s takes another port where %s:%i is taken, keeps it, and tells', async (profile, host, port) => {
    const busy = createServer()
    await new Promise<void>((resolve) => {
      busy.once('error', () => resolve()).listen(port, host, resolve)
    })
    onTestFinished(() => void busy.close())
    const root = join(await temporaryDirectory(), 'repo')
    const moved: MovedPort[] = []
    await initRepo(root, { ...(profile && { profile }), onBusyPorts: (ports) => moved.push(...ports) })
    const { swarm, api } = (await readConfig(join(root, 'config'))).addresses
    const instead = moved.find((one) => one.port === port)?.instead
    expect(instead).not.toBe(port)
    expect(port === 4001 ? swarm : api).toEqual([`/ip4/${host}/tcp/${instead}`])
  })

  it('has the usual ports, taken or not, where nobody is there to be told of others', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    await initRepo(root)
    expect((await readConfig(join(root, 'config'))).addresses.swarm).toEqual(['/ip4/0.0.0.0/tcp/4001'])
  })
})

describe('a repo', () => {
  it('keeps blocks and metadata from one process to the next', async () => {
    const root = await newRepo()
    const bytes = Buffer.from('kept')
    const cid = blockCid(hashers, bytes)
    const first = await openRepo(root, { hashers })
    await first.blocks.put(cid, bytes)
    await first.close()
    expect(await (await open(root)).blocks.get(cid)).toEqual(new Uint8Array(bytes))
  })

  it('is for one process at a time', async () => {
    const root = await newRepo()
    await open(root)
    await expect(open(root)).rejects.toThrow(/the repo .* is in use by process \d+/u)
  })

  it('is free again after an opening that failed', async () => {
    const root = await newRepo()
    await rm(join(root, 'datastore'), { recursive: true })
    await writeFile(join(root, 'datastore'), 'not a folder')
    await expect(open(root)).rejects.toMatchObject({ code: 'ERR_REPO_STORAGE' })
    await rm(join(root, 'datastore'))
    await mkdir(join(root, 'datastore'))
    await expect(open(root)).resolves.toBeDefined()
  })

  it.each<[string, (root: string) => Promise<void>, string, string]>([
    ['is not there', (root) => rm(root, { recursive: true }), 'ERR_NO_REPO', 'run "barter init"'],
    ['has no config', (root) => rm(join(root, 'config')), 'ERR_NO_REPO', 'run "barter init"'],
    ['has half a config', (root) => writeFile(join(root, 'config'), '{"Iden'), 'ERR_REPO_CONFIG', 'it is not JSON'],
    [
      'has a key of another peer',
      async (root) => changeConfig(root, 'Identity', { PeerID: (await createIdentity()).PeerID }),
      'ERR_REPO_IDENTITY',
      'put the pair that belongs together back'
    ],
    [
      'has a key that is none',
      (root) => changeConfig(root, 'Identity', { PrivKey: 'AAAA' }),
      'ERR_REPO_IDENTITY',
      'put it back from a copy'
    ],
    ['has no version', (root) => rm(join(root, 'version')), 'ERR_REPO_VERSION', 'reads version 18'],
    ['has another version', (root) => writeFile(join(root, 'version'), '17\n'), 'ERR_REPO_VERSION', '"17"'],
    [
      'was made by Kubo',
      (root) => writeFile(join(root, 'datastore_spec'), '{"mounts":[],"type":"mount"}'),
      'ERR_REPO_FOREIGN',
      'name another directory with --repo-dir'
    ],
    [
      'does not say how it was written',
      (root) => rm(join(root, 'datastore_spec')),
      'ERR_REPO_FOREIGN',
      'another program'
    ],
    [
      'was written another way than the config says',
      async (root) => {
        await (await open(root)).close()
        await changeConfig(root, 'Barter', { Blocks: 'fs:elsewhere' })
      },
      'ERR_REPO_STORAGE',
      'set Barter.Blocks, Barter.Metadata and Barter.Stores'
    ]
  ])('that %s is refused, with what to do', async (_what, damage, code, message) => {
    const root = await newRepo()
    await damage(root)
    await expect(open(root)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
  })

  it('lies where its config says, as long as it holds nothing', async () => {
    const root = await newRepo()
    await changeConfig(root, 'Barter', { Blocks: 'level:elsewhere' })
    await (await open(root)).close()
    expect(await readFile(join(root, 'datastore_spec'), 'utf8')).toContain('level:elsewhere')
    await changeConfig(root, 'Barter', { Blocks: 'fs:blocks' })
    await expect(open(root)).rejects.toMatchObject({ code: 'ERR_REPO_STORAGE' })
  })

  it('that a variable leads elsewhere is refused, and the variable named', async () => {
    const root = await newRepo()
    await (await open(root)).close()
    const source = 'BARTER_BLOCKS'
    const overrides = [{ key: 'Barter.Blocks', value: 'fs:other', origin: 'environment', source } as const]
    await expect(openRepo(root, { hashers, overrides })).rejects.toThrow(/but BARTER_BLOCKS says .*: leave it out$/su)
  })

  it('that is open to others is closed to them, and its owner told', async () => {
    const root = await newRepo()
    const warnings: string[] = []
    await chmod(join(root, 'config'), 0o644)
    await chmod(root, 0o755)
    await open(root, warnings)
    expect((await stat(join(root, 'config'))).mode & 0o777).toBe(0o600)
    expect((await stat(root)).mode & 0o777).toBe(0o700)
    expect(warnings).toEqual([
      `${join(root, 'config')} was open to other users (mode 644): it is now for its owner only`,
      `${root} was open to other users (mode 755): it is now for its owner only`
    ])
  })
})
