import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PeerService } from '../../../src/api/peer-service.ts'
import { openOffline } from '../../../src/node/open-offline.ts'
import { initRepo } from '../../../src/node/repo-init.ts'
import { placeOf } from '../../../src/storage/layout.ts'
import { openDaemon } from '../../support/open-daemon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

interface Repo {
  readonly root: string
  readonly service: PeerService
}

const KINDS = ['no daemon', 'a daemon'] as const

/** A repo that no daemon runs on, or one does. */
async function openRepo(runs: (typeof KINDS)[number]): Promise<Repo> {
  if (runs === 'a daemon') {
    const { root, daemon } = await openDaemon()
    return { root, service: daemon.peer.service }
  }
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const { service, close } = await openOffline(root, () => undefined)
  onTestFinished(close)
  return { root, service }
}

async function put({ service }: Repo, content: string): Promise<string> {
  return (await service.blockPut(new TextEncoder().encode(content))).cid
}

function fileOf({ root }: Repo, cid: string): string {
  const place = placeOf(CID.parse(cid))
  if (place === undefined) throw new Error('it has no place')
  return join(root, 'blocks', place.directory, place.file)
}

async function diagnose({ service }: Repo, cid: string): Promise<readonly string[]> {
  const { findings } = await service.insight.diagnose(cid)
  return findings.map(({ level, text, advice }) => `${level}: ${text}${advice === undefined ? '' : ` -> ${advice}`}`)
}

describe('the doctor, of a block', () => {
  it.each(KINDS)('reads what is here, and tells that it is damaged, with %s', async (runs) => {
    const repo = await openRepo(runs)
    const cid = await put(repo, 'hello')
    expect(await diagnose(repo, cid)).toEqual([`ok: block ${cid} is in the store of this peer`])
    await appendFile(fileOf(repo, cid), 'g')
    const damaged = `problem: block ${cid} is in the store, and is damaged -> \`barter repo verify --heal\``
    // It is left as it is.
    for (let time = 0; time < 2; time++) expect((await diagnose(repo, cid))[0]).toContain(damaged)
  })

  it('tells that it lies in quarantine', async () => {
    const repo = await openRepo('no daemon')
    const cid = await put(repo, 'hello')
    await appendFile(fileOf(repo, cid), 'g')
    await expect(repo.service.blockGet(cid)).rejects.toThrow()
    const [first = '', ...others] = await diagnose(repo, cid)
    expect(first).toMatch(new RegExp(`^problem: block ${cid} is not in the store: .*quarantine`, 'u'))
    expect(first).toContain('-> `barter repo verify --heal`')
    expect(others).toEqual([])
  })
})
