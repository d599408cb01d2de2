import { chmod, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startDaemon } from '../../src/node/daemon.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** What is done to a file, by name. */
const DAMAGES = {
  missing: (path: string) => rm(path, { recursive: true }),
  empty: (path: string) => truncate(path, 0),
  truncated: async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2)),
  garbage: async (path: string) => writeFile(path, Buffer.alloc(Math.max(64, (await stat(path)).size), 0xa7)),
  open: (path: string) => chmod(path, 0o666)
} as const

/**
 * What comes of each: a code is a start that is refused, for that reason; otherwise the peer starts, as the same one, and
 * says so in a warning with these words, or needs none.
 */
const CONFIG_OPEN = 'was open to other users (mode 666): it is now for its owner only'
const TABLE: readonly (readonly [file: string, outcome: Readonly<Record<keyof typeof DAMAGES, string>>])[] = [
  [
    'config',
    {
      missing: 'ERR_REPO_CONFIG',
      empty: 'ERR_REPO_CONFIG',
      truncated: 'ERR_REPO_CONFIG',
      garbage: 'ERR_REPO_CONFIG',
      open: CONFIG_OPEN
    }
  ],
  [
    'api-token',
    {
      missing: '',
      empty: 'ERR_API_TOKEN',
      truncated: 'ERR_API_TOKEN',
      garbage: 'ERR_API_TOKEN',
      open: 'the token in it is replaced'
    }
  ],
  [
    'version',
    {
      missing: 'ERR_REPO_VERSION',
      empty: 'ERR_REPO_VERSION',
      truncated: 'ERR_REPO_VERSION',
      garbage: 'ERR_REPO_VERSION',
      open: ''
    }
  ],
  [
    'datastore_spec',
    {
      missing: 'ERR_REPO_FOREIGN',
      empty: 'ERR_REPO_FOREIGN',
      truncated: 'ERR_REPO_FOREIGN',
      garbage: 'ERR_REPO_FOREIGN',
      open: ''
    }
  ],
  [
    'datastore/CURRENT',
    {
      missing: 'ERR_REPO_STORAGE',
      empty: 'ERR_REPO_STORAGE',
      truncated: 'ERR_REPO_STORAGE',
      garbage: 'ERR_REPO_STORAGE',
      open: ''
    }
  ],
  [
    'blocks/SHARDING',
    {
      missing: '',
      empty: 'ERR_INVALID_PARAMETERS',
      truncated: 'ERR_INVALID_PARAMETERS',
      garbage: 'ERR_INVALID_PARAMETERS',
      open: ''
    }
  ]
]

const CASES = TABLE.flatMap(([file, outcome]) =>
  Object.entries(DAMAGES).map(([name, damage]) => [file, name, outcome[name as keyof typeof DAMAGES], damage] as const)
)

/** A repo that was in use. */
async function usedRepo(): Promise<{ readonly root: string; readonly peer: string }> {
  const root = join(await temporaryDirectory(), 'repo')
  const { PeerID } = await initRepo(root, { profile: 'test' })
  await (await startOn(root)).stop()
  return { root, peer: PeerID }
}

async function startOn(root: string, warnings: string[] = []) {
  const daemon = await startDaemon({ root, offline: true, warn: (line) => warnings.push(line) })
  onTestFinished(() => daemon.stop())
  return daemon
}

async function expectStart(root: string, peer: string, words: string): Promise<void> {
  const warnings: string[] = []
  const daemon = await startOn(root, warnings)
  expect(daemon.peer.libp2p.peerId.toString()).toBe(peer)
  expect(warnings.join('\n')).toContain(words)
  await daemon.stop()
}

describe('a repo in use whose', () => {
  it.each(CASES)('%s is %s: %s', async (file, _name, outcome, damage) => {
    const { root, peer } = await usedRepo()
    const before = await readFile(join(root, 'config'), 'utf8')
    await damage(join(root, file))
    if (outcome.startsWith('ERR_')) {
      await expect(startOn(root)).rejects.toMatchObject({ code: outcome })
      // What refuses to start today starts no other way tomorrow, and no command makes it another peer.
      await expect(startOn(root)).rejects.toMatchObject({ code: outcome })
      await expect(initRepo(root, { profile: 'test' })).rejects.toThrow()
    } else {
      await expectStart(root, peer, outcome)
      expect((await stat(join(root, 'config'))).mode & 0o777).toBe(0o600)
    }
    if (file !== 'config') expect(await readFile(join(root, 'config'), 'utf8')).toBe(before)
  })

  it('database was cut off while it was made: it is made', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    const { PeerID } = await initRepo(root, { profile: 'test' })
    for (const name of ['MANIFEST-000001', '000001.dbtmp', 'LOG', 'LOCK']) {
      await writeFile(join(root, 'datastore', name), '')
    }
    await expectStart(root, PeerID, '')
  })

  it('metadata is gone: it starts, and tells what was lost', async () => {
    const { root, peer } = await usedRepo()
    await rm(join(root, 'datastore'), { recursive: true })
    await expectStart(root, peer, 'is gone, and with it pins, ledgers and what is known of peers')
  })

  it('blocks are gone: it starts', async () => {
    const { root, peer } = await usedRepo()
    await rm(join(root, 'blocks'), { recursive: true })
    await expectStart(root, peer, '')
  })

  it.each(['log', 'ldb', 'MANIFEST'])(
    'database has a damaged %s file: it starts, or says that it cannot',
    async (part) => {
      const { root, peer } = await usedRepo()
      const names = (await readdir(join(root, 'datastore'))).filter((name) => name.includes(part))
      for (const name of names) await DAMAGES.garbage(join(root, 'datastore', name))
      try {
        await expectStart(root, peer, '')
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_REPO_STORAGE' })
      }
    }
  )

  it.each([
    ['ledger', '/barter/ledger/12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'],
    ['trust', '/barter/trust/12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'],
    ['peer store', '/peers/bafzaajaiaejca4syrpdu6gdx4wsdnokxkprgzxf4wrstuc34gxw5k5jrag2so5gk'],
    ['peer store by a strange name', '/peers/none'],
    ['pins', '/barter/pins/bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'],
    ['roots', '/barter/roots/bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'],
    ['queue of providing', '/barter/provide/queue/x'],
    ['routing table', '/dht/record/x']
  ])('%s holds an empty record, and one of garbage: it starts without them', async (_what, key) => {
    const { root, peer } = await usedRepo()
    for (const value of [new Uint8Array(0), Buffer.alloc(300, 0xa7)]) {
      const level = new LevelDatastore(join(root, 'datastore'))
      await level.open()
      await level.put(new Key(key), value)
      await level.close()
      await expectStart(root, peer, '')
    }
  })
})
