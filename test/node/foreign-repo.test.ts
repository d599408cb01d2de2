import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { startDaemon } from '../../src/node/daemon.ts'
import { openForDoctor, openOffline, openSettings } from '../../src/node/service/open-offline.ts'
import { openRepo } from '../../src/node/repo/repo.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SPEC = JSON.stringify({
  mounts: [
    { mountpoint: '/blocks', path: 'blocks', shardFunc: '/repo/flatfs/shard/v1/next-to-last/2', type: 'flatfs' },
    { mountpoint: '/', path: 'datastore', type: 'levelds' }
  ],
  type: 'mount'
})

/** A repo as Kubo leaves it, where an administrator let others read it. */
async function kuboRepo(configText?: string): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  await writeFile(join(root, 'datastore_spec'), SPEC)
  await writeFile(join(root, 'version'), '18')
  await writeFile(join(root, 'swarm.key'), '/key/swarm/psk/1.0.0/\n/base16/\n' + '0f'.repeat(32))
  await writeFile(join(root, 'datastore', 'CURRENT'), 'MANIFEST-000000\n')
  await mkdir(join(root, 'blocks', 'X3'))
  if (configText !== undefined) await writeFile(join(root, 'config'), configText)
  for (const { path, isDirectory } of await below(root)) await chmod(path, isDirectory ? 0o755 : 0o644)
  return root
}

interface Entry {
  readonly path: string
  readonly isDirectory: boolean
}

async function below(root: string): Promise<readonly Entry[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const all = entries.map((entry) => ({ path: join(entry.parentPath, entry.name), isDirectory: entry.isDirectory() }))
  return [{ path: root, isDirectory: true }, ...all].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Every name with its mode, the time of its last change, and its bytes. */
async function picture(root: string): Promise<unknown> {
  const entries = await below(root)
  return await Promise.all(
    entries.map(async ({ path, isDirectory }) => {
      const { mode, mtimeMs, ctimeMs } = await stat(path)
      return { path, mode, mtimeMs, ctimeMs, text: isDirectory ? undefined : await readFile(path, 'latin1') }
    })
  )
}

const hashers = await createHashers()

const STARTS: readonly (readonly [string, (root: string, warn: (text: string) => void) => Promise<unknown>])[] = [
  ['a daemon', (root, warn) => startDaemon({ root, warn })],
  ['a peer', (root, warn) => openRepo(root, { hashers, warn })],
  ['a command without peers', (root, warn) => openOffline(root, warn)],
  [
    'a change of its config',
    async (root) => (await openSettings(root)).service.config.set('Swarm.ConnMgr.HighWater', 200)
  ]
]

describe('a repo of another program', () => {
  it.each(STARTS)('is left as it was by %s, which is refused', async (_what, start) => {
    const root = await kuboRepo()
    const before = await picture(root)
    const warnings: string[] = []
    const refused = { code: 'ERR_REPO_FOREIGN', message: expect.stringContaining('by another program') as string }
    await expect(start(root, (text) => warnings.push(text))).rejects.toMatchObject(refused)
    expect(await picture(root)).toEqual(before)
    expect(warnings).toEqual([])
  })

  it('is told to be one before its config is read: what is wrong with that is not to be mended here', async () => {
    const root = await kuboRepo('{"Datastore": 1}')
    await expect(openRepo(root, { hashers })).rejects.toMatchObject({ code: 'ERR_REPO_FOREIGN' })
  })

  it('is left as it was by the doctor, who says whose it is', async () => {
    const root = await kuboRepo()
    const before = await picture(root)
    const { service } = await openForDoctor(root, () => undefined)
    const { findings } = await service.insight.diagnose()
    expect(findings.map(({ text }) => text).join('\n')).toContain('was made by another program')
    expect(await picture(root)).toEqual(before)
  })
})
