import { appendFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PeerService } from '../../../src/api/service/peer-service.ts'
import { createPeer } from '../../../src/node/peer.ts'
import { openOffline } from '../../../src/node/service/open-offline.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { placeOf } from '../../../src/storage/layout.ts'
import { openDaemon } from '../../support/open-daemon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

interface Repo {
  readonly root: string
  readonly service: PeerService
}

/** A repo that no daemon runs on, or one does. */
async function openRepo(runs: 'no daemon' | 'a daemon'): Promise<Repo> {
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

/** A block that links to others by the names 0, 1 … */
async function putNode({ service }: Repo, cids: readonly string[]): Promise<string> {
  return (await service.blockPut(encode(cids.map((cid) => CID.parse(cid))), { codec: 'dag-cbor' })).cid
}

async function remove({ service }: Repo, ...cids: readonly string[]): Promise<void> {
  for await (const { error } of service.blockRemove(cids)) expect(error).toBe(undefined)
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
  it('reads what is here, and tells that it is damaged', async () => {
    const repo = await openRepo('no daemon')
    const cid = await put(repo, 'hello')
    expect(await diagnose(repo, cid)).toEqual([`ok: block ${cid} is in the store of this peer`])
    await appendFile(fileOf(repo, cid), 'g')
    const damaged = `problem: block ${cid} is in the store, and is damaged -> \`barter repo verify --heal\``
    // Where nobody can be asked it is left as it is.
    for (let time = 0; time < 2; time++) expect((await diagnose(repo, cid))[0]).toContain(damaged)
  })

  it('asks for what is damaged, too, and so heals it when somebody has it', async () => {
    const repo = await openRepo('a daemon')
    const other = await createPeer()
    onTestFinished(() => other.stop())
    const cid = await put(repo, 'hello')
    await other.service.blockPut(new TextEncoder().encode('hello'))
    await appendFile(fileOf(repo, cid), 'g')
    expect(await repo.service.swarmConnect(String(other.libp2p.getMultiaddrs()[0]))).toEqual({
      peer: expect.any(String) as string
    })
    const who = other.libp2p.peerId.toString()
    expect(await diagnose(repo, cid)).toEqual([
      `note: block ${cid} was damaged in the store`,
      expect.stringContaining(`ok: the block can be fetched: it came from ${who}`)
    ])
    expect(await diagnose(repo, cid)).toEqual([`ok: block ${cid} is in the store of this peer`])
  })

  it('tells what it found in the time that was given', async () => {
    const repo = await openRepo('a daemon')
    const other = await createPeer()
    onTestFinished(() => other.stop())
    await repo.service.swarmConnect(String(other.libp2p.getMultiaddrs()[0]))
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const { findings } = await repo.service.insight.diagnose(cid, { withinMs: 500 })
    const codes = findings.map(({ code }) => code)
    expect(codes).toEqual(expect.arrayContaining(['not-local', 'out-of-time', 'all-dont-have']))
    expect(findings.find(({ code }) => code === 'out-of-time')?.text).toMatch(/^it was asked for \d+ ms only/u)
  })

  it('tells that what it asked for in vain was put in quarantine by that', async () => {
    const repo = await openRepo('a daemon')
    const other = await createPeer()
    onTestFinished(() => other.stop())
    await repo.service.swarmConnect(String(other.libp2p.getMultiaddrs()[0]))
    const cid = await put(repo, 'hello')
    await appendFile(fileOf(repo, cid), 'g')
    const { findings } = await repo.service.insight.diagnose(cid, { withinMs: 500 })
    const told = findings.flatMap(({ code, text }) => (['damaged', 'missed'].includes(code) ? [text] : []))
    expect(told).toEqual([`block ${cid} is not in the store: block was damaged and lies in quarantine`])
  })

  it('tells that it lies in quarantine', async () => {
    const repo = await openRepo('no daemon')
    const cid = await put(repo, 'hello')
    await appendFile(fileOf(repo, cid), 'g')
    await expect(repo.service.blockGet(cid)).rejects.toThrow(`could not find ${cid}: its copy here is damaged`)
    const [first = '', ...others] = await diagnose(repo, cid)
    expect(first).toMatch(new RegExp(`^problem: block ${cid} is not in the store: .*quarantine`, 'u'))
    expect(first).toContain('-> `barter repo verify --heal`')
    expect(others).toEqual([])
  })

  it('looks below one that is here, and examines the first that is missing there', async () => {
    const repo = await openRepo('no daemon')
    const leaves: string[] = []
    for (const content of ['one', 'two', 'three']) leaves.push(await put(repo, content))
    const inner = await putNode(repo, leaves)
    const root = await putNode(repo, [inner])
    const here = `ok: block ${root} is in the store of this peer`
    expect(await diagnose(repo, root)).toEqual([here, 'ok: all below it is here, too: 4 blocks'])
    const [one = '', two = '', three = ''] = leaves
    await appendFile(fileOf(repo, three), 'g')
    expect(await diagnose(repo, root)).toEqual([
      here,
      `note: of 4 blocks below it 1 is missing or damaged, the first is ${three}`,
      expect.stringContaining(`problem: block ${three} is in the store, and is damaged`)
    ])
    await remove(repo, two, one)
    expect(await diagnose(repo, root)).toEqual([
      here,
      `note: of 4 blocks below it 3 are missing or damaged, the first is ${one}`,
      expect.stringContaining('problem: no daemon runs')
    ])
  })

  it('follows a path to the block it leads to, or to what is missing on the way', async () => {
    const repo = await openRepo('no daemon')
    const leaf = await put(repo, 'one')
    const inner = await putNode(repo, [leaf])
    const root = await putNode(repo, [inner])
    for (const path of [`${root}/0/0`, `/ipfs/${root}/0/0`, `ipfs://${root}/0/0`]) {
      expect(await diagnose(repo, path)).toEqual([
        `note: the path leads to block ${leaf}`,
        `ok: block ${leaf} is in the store of this peer`
      ])
    }
    expect(await diagnose(repo, `ipfs://${leaf}`)).toEqual([`ok: block ${leaf} is in the store of this peer`])
    expect((await diagnose(repo, `${root}/0/none`))[0]).toContain(
      'problem: the path leads nowhere: key not found: "none"'
    )
    await remove(repo, inner)
    expect(await diagnose(repo, `${root}/0/0`)).toEqual([
      `note: the path leads through block ${inner}, and cannot be followed further`,
      'note: the block is not in the store of this peer',
      expect.stringContaining('problem: no daemon runs')
    ])
    await expect(diagnose(repo, 'nothing')).rejects.toThrow('invalid path "nothing"')
  })

  it('tells of the disk that does not hand out a block on the way, as of any other', async () => {
    const repo = await openRepo('no daemon')
    const leaf = await put(repo, 'one')
    const root = await putNode(repo, [leaf])
    await rm(fileOf(repo, root))
    await mkdir(fileOf(repo, root))
    const failed = expect.stringMatching(/^problem: the store cannot say whether it has the block: .*EISDIR/u) as string
    expect(await diagnose(repo, root)).toEqual([failed])
    expect(await diagnose(repo, `${root}/0`)).toEqual([
      `note: the path leads through block ${root}, and cannot be followed further`,
      failed
    ])
  })

  it('does not say that all below is here where that cannot be told', async () => {
    const repo = await openRepo('no daemon')
    const leaf = CID.parse(await put(repo, 'one'))
    const root = (await repo.service.blockPut(encode([CID.createV1(0x4f, leaf.multihash)]), { codec: 'dag-cbor' })).cid
    expect(await diagnose(repo, root)).toEqual([
      `ok: block ${root} is in the store of this peer`,
      expect.stringMatching(/^note: not all that is below it can be told: /u)
    ])
  })
})
