import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { OPEN_ACCESS } from '../../../src/api/server/access.ts'
import { ApiError } from '../../../src/api/api-error.ts'
import { collect, oneChunk } from '../../../src/api/formats/collect.ts'
import type { AddCandidate, PeerService } from '../../../src/api/service/peer-service.ts'
import { RemoteService } from '../../../src/api/remote/remote-service.ts'
import { RemoteStore } from '../../../src/api/remote/remote-store.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { CID_TEXT, FakeService, MISSING, PEER_TEXT } from '../../support/fake-service.ts'

describe('a peer in another process', () => {
  let fake: FakeService
  let server: ApiServer
  let remote: RemoteService

  beforeEach(async () => {
    fake = new FakeService()
    server = new ApiServer({ service: fake, version: '0.1.0', access: OPEN_ACCESS })
    remote = new RemoteService(await server.start({ host: '127.0.0.1', port: 0 }))
  })

  afterEach(() => server.stop())

  const SAME: readonly (readonly [string, (service: PeerService) => unknown])[] = [
    ['version', (service) => service.version()],
    ['id', (service) => service.id()],
    ['id of another', (service) => service.id(PEER_TEXT)],
    ['ls', (service) => all(service.ls(CID_TEXT))],
    ['ls without a look at what is linked to', (service) => all(service.ls(CID_TEXT, { resolve: false }))],
    ['blockStat', (service) => service.blockStat(CID_TEXT)],
    ['blockRemove', (service) => all(service.blockRemove([CID_TEXT, MISSING]))],
    ['swarmConnect', (service) => service.swarmConnect('/ip4/1')],
    ['swarmDisconnect', (service) => service.swarmDisconnect('/bad')],
    ['swarmAddresses', (service) => service.swarmAddresses()],
    ['peeringAdd', (service) => service.peeringAdd('/ip4/1')],
    ['peeringList', (service) => service.peeringList()],
    ['peeringRemove', (service) => service.peeringRemove(PEER_TEXT)],
    ['bootstrapList', (service) => service.bootstrapList()],
    ['bootstrapAdd', (service) => service.bootstrapAdd(['/ip4/1', '/ip4/2'])],
    ['bootstrapRemove', (service) => service.bootstrapRemove(['/ip4/1'])],
    ['bootstrapRemove of all', (service) => service.bootstrapRemove('all')],
    ['bitswapStat', (service) => service.bitswapStat()],
    ['bitswapWantlist', (service) => service.bitswapWantlist()],
    ['bitswapWantlist of a partner', (service) => service.bitswapWantlist(PEER_TEXT)],
    ['bitswapLedger', (service) => service.bitswapLedger(PEER_TEXT)],
    ['bitswapLedgers', (service) => service.bitswapLedgers()],
    ['the rules', (service) => service.policy.rules()],
    ['allow', (service) => service.policy.allow({ peer: PEER_TEXT })],
    ['deny', (service) => service.policy.deny({ cid: CID_TEXT })],
    ['remove a rule', (service) => service.policy.remove({ peer: PEER_TEXT, cid: CID_TEXT })],
    ['the limits', (service) => service.policy.limits()],
    ['set limits', (service) => service.policy.limit({ upload: 1_000, downloadPerPeer: 0 })],
    ['set limits of a peer', (service) => service.policy.limitPeer(PEER_TEXT, { upload: 5, download: 0 })],
    ['take limits of a peer back', (service) => service.policy.limitPeer(PEER_TEXT, {})],
    ['trust', (service) => service.policy.trust()],
    ['trust in one peer', (service) => service.policy.trust(PEER_TEXT)],
    ['ban', (service) => service.policy.ban(PEER_TEXT)],
    ['ban for a while', (service) => service.policy.ban(PEER_TEXT, { forMs: 7_200_000, reason: 'it lied' })],
    ['unban', (service) => service.policy.unban(PEER_TEXT)],
    ['repoStat', (service) => service.repoStat()],
    ['repoStat with its stores', (service) => service.repoStat({ io: true })],
    ['pin rm', ({ contents }) => contents.pins.remove([CID_TEXT], { recursive: false })],
    ['pin update', ({ contents }) => contents.pins.update(CID_TEXT, MISSING, { unpin: false })],
    ['pin ls', ({ contents }) => all(contents.pins.list({ type: 'recursive', name: 'pho', paths: [] }))],
    ['pin ls of a path', ({ contents }) => all(contents.pins.list({ type: 'all', name: 'pho', paths: [CID_TEXT] }))],
    ['pin verify', ({ contents }) => all(contents.pins.verify())],
    ['repo gc/stat', ({ contents }) => contents.store.gcStatus()],
    ['repo verify', ({ contents }) => all(contents.store.verify({ drop: false, heal: false, healTimeoutMs: 30_000 }))],
    [
      'repo verify that heals',
      ({ contents }) => all(contents.store.verify({ drop: false, heal: true, healTimeoutMs: 500 }))
    ],
    ['repo ls', ({ contents }) => all(contents.store.blocks())],
    ['dag get', async ({ contents }) => Buffer.from(await contents.dag.get(CID_TEXT, 'json')).toString()],
    ['dag resolve', ({ contents }) => contents.dag.resolve(`${CID_TEXT}/a/b/1`)],
    [
      'dag put',
      ({ contents }) =>
        contents.dag.put(Buffer.from('{}'), {
          storeCodec: 'raw',
          inputCodec: 'raw',
          hash: 'blake3',
          pin: true,
          allowBigBlock: true
        })
    ],
    ['dag stat', async ({ contents }) => (await all(contents.dag.stat([CID_TEXT]))).at(-1)],
    [
      'dag import',
      ({ contents }) =>
        all(
          contents.dag.importCars(values(oneChunk(Buffer.from('car'))), {
            pinRoots: true,
            allowBigBlocks: true,
            offline: false
          })
        )
    ],
    [
      'dag export',
      async ({ contents }) => Buffer.from(await collect(await contents.dag.exportCar(CID_TEXT, { localOnly: true })))
    ],
    [
      'refs',
      ({ contents }) =>
        all(contents.dag.refs(CID_TEXT, { recursive: true, unique: true, maxDepth: 3, from: [], offline: false }))
    ]
  ]

  it.each(SAME)('answers as the peer itself: %s', async (_name, ask) => {
    const here = await ask(fake)
    const askedHere = fake.calls.splice(0)
    expect(await ask(remote)).toEqual(here)
    expect(fake.calls).toEqual(askedHere)
  })

  it.each([
    ['swarmPeers', (service: PeerService) => service.swarmPeers()],
    ['swarmLocalAddresses', (service: PeerService) => service.swarmLocalAddresses({ id: true })],
    ['swarmListenAddresses', (service: PeerService) => service.swarmListenAddresses()]
  ])('answers as the peer itself, but sorted: %s', async (_name, ask) => {
    const here = await ask(fake)
    expect(await ask(remote)).toEqual([...here].reverse())
  })

  it('adds files as they come, with progress', async () => {
    const options = {
      cidVersion: 0,
      rawLeaves: true,
      chunkBytes: 1_000,
      wrap: true,
      progress: true,
      hash: 'sha2-512',
      inlineBytes: 7,
      layout: 'trickle',
      maxFileLinks: 8,
      hamtFanout: 64,
      preserveMode: true,
      preserveMtime: false,
      attributes: { mode: 0o640, mtime: { seconds: -5, nanoseconds: 7 } }
    } as const
    const events = await all(remote.add(candidates(), options))
    expect(fake.uploads).toEqual([
      { path: 'dir', content: 'folder', mode: 0o700, mtime: { seconds: 1, nanoseconds: 2 } },
      { path: 'dir/ä%+ b', content: 'content' },
      { path: 'dir/link', content: 'link' }
    ])
    expect(events).toContainEqual({ type: 'progress', path: 'dir/ä%+ b', bytes: 7 })
    expect(events).toContainEqual({ type: 'added', path: 'dir/ä%+ b', cid: CID_TEXT, size: 7 })
    expect(fake.calls).toEqual([['add', false, { ...options, pin: true, onlyHash: false, concurrency: 1 }]])
  })

  it('stores and fetches blocks', async () => {
    await remote.blockPut(Buffer.from('x'), { codec: 'dag-cbor', hash: 'blake3' })
    await remote.blockPut(Buffer.from('y'), { cidVersion: 0 })
    expect(fake.calls).toEqual([
      ['blockPut', 'x', 'dag-cbor', 'blake3', undefined],
      ['blockPut', 'y', 'dag-pb', 'sha2-256', 0]
    ])
    expect(Buffer.from(await remote.blockGet(CID_TEXT)).toString()).toBe('block')
  })

  it('reads files and trees', async () => {
    const { size, content } = await remote.cat('/ipfs/x', { offset: 1, length: 2, from: ['/ip4/1'], offline: true })
    expect([size, Buffer.from(await collect(content)).toString()]).toEqual([11, 'hello world'])
    expect(fake.calls).toEqual([['cat', '/ipfs/x', 1, 2, true, ['/ip4/1']]])
    const tree = await remote.get(CID_TEXT)
    const paths: string[] = []
    for await (const entry of tree.entries) paths.push(`${entry.type} ${entry.path.join('/')}`)
    expect([tree.size, paths]).toEqual([5, ['folder root', 'file root/a', 'link root/b']])
  })

  it('says why a collection ended', async () => {
    const { store } = remote.contents
    const removed = [
      { type: 'removed', cid: CID_TEXT },
      { type: 'untold', removed: 7 }
    ]
    expect(await all(store.collect())).toEqual(removed)
    const told: unknown[] = []
    const run = async (): Promise<void> => {
      for await (const event of store.collect()) told.push(event)
    }
    await expect(run()).rejects.toThrow('garbage collection aborted: could not retrieve some links')
    expect(told).toEqual([...removed, { type: 'failed', error: 'could not retrieve links for bafy: it is gone' }])
  })

  it('is told what was found damaged in members, whatever the words, and of a check that did not end', async () => {
    const damage = { type: 'damaged' as const, cid: CID_TEXT, outcome: 'lost' as const, reason: 'it is wrong' }
    const quarantine = '/repo/x.corrupt'
    const line = { Msg: 'reworded', Progress: 0, Cid: CID_TEXT, Outcome: 'lost', Reason: 'it is wrong' }
    const answering = (...lines: readonly Record<string, unknown>[]): RemoteStore => {
      const answer = async function* () {
        yield* await Promise.resolve(lines)
        throw new ApiError('command', 'verify complete, in other words')
      }
      return new RemoteStore({ lines: answer, json: () => Promise.reject(new Error('not asked')) })
    }
    expect(await all(answering(line, { Msg: '', Progress: 1, Done: true }).verify())).toEqual([damage])
    const moved = { ...line, Quarantine: quarantine }
    expect(await all(answering(moved, { Msg: '', Done: true }).verify())).toEqual([{ ...damage, quarantine }])
    await expect(all(answering(line).verify())).rejects.toThrow('in other words')
    await expect(all(answering({ ...line, Outcome: 'x' }).verify())).rejects.toThrow('another Outcome: "x"')
  })

  it('pins, and tells why it could not', async () => {
    const options = { recursive: false, name: 'photos', idleMs: 2_000, offline: true, from: ['/ip4/1'] }
    const { pins } = remote.contents
    expect(await all(pins.add([CID_TEXT], options))).toEqual([
      { type: 'progress', blocks: 2, bytes: 30 },
      { type: 'pinned', cid: CID_TEXT }
    ])
    expect(fake.calls).toEqual([['pin add', [CID_TEXT], options]])
    await expect(all(pins.add(['/ipfs/gone'], options))).rejects.toThrow('pin: no block came for 2 s')
  })

  it('can be shut down', async () => {
    await remote.shutdown()
    expect(fake.calls).toEqual([['shutdown']])
  })

  it('does not take half an answer for a whole one', async () => {
    const { content } = await remote.cat('half')
    await expect(collect(content)).rejects.toThrow('the disk is gone')
  })

  it('tells of an upload that failed over there', async () => {
    await expect(all(remote.add(one('bad', oneChunk(Buffer.from('x')))))).rejects.toThrow('the disk is full')
  })

  it('tells of a file that cannot be read here', async () => {
    await expect(all(remote.add(one('a', failing())))).rejects.toThrow('no such file')
  })

  it('passes on what the daemon says, with the name that fits', async () => {
    await expect(remote.blockGet(MISSING, { offline: true })).rejects.toMatchObject({
      name: 'NotFoundError',
      message: `block was not found locally (offline): ipld: could not find ${MISSING}`
    })
    expect(await remote.swarmConnect('/bad')).toEqual({ peer: PEER_TEXT, error: 'nobody is there' })
  })

  it('gives up with the reason of its signal, and the daemon gives up, too', async () => {
    const controller = new AbortController()
    const waiting = remote.blockGet(MISSING, { signal: controller.signal })
    await remote.version()
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await fake.gaveUp.promise
  })

  it('says what to do when no daemon answers', async () => {
    await server.stop()
    await expect(remote.version()).rejects.toThrow(
      /^cannot connect to the api at \/ip4\/127\.0\.0\.1\/tcp\/\d+: connection refused\. Is the daemon running\?$/u
    )
  })
})

describe('a daemon that answers strangely', () => {
  const answering = async (status: number, body: string, cut = false): Promise<RemoteService> => {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(status)
      if (cut) response.write(body, () => response.destroy())
      else response.end(body)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return new RemoteService({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  }

  it.each([
    ['not JSON', 200, '<html>', 'something else than JSON'],
    ['a list', 200, '[]', 'no usable "Version"'],
    ['null', 200, 'null', 'no usable "the answer"'],
    ['a field of another type', 200, '{"Version":1}', 'no usable "Version"'],
    ['unknown command', 404, '404 page not found', 'Command not found.'],
    ['a refusal', 403, '403 - Forbidden', '403 - Forbidden'],
    ['an error', 500, '{"Message":"no","Code":0,"Type":"error"}', 'no']
  ])('%s', async (_what, status, body, message) => {
    const service = await answering(status, body)
    await expect(service.version()).rejects.toThrow(message)
  })

  it('an error among the lines', async () => {
    const service = await answering(200, `{"Hash":"${CID_TEXT}"}\n{"Message":"gone","Code":0,"Type":"error"}\n`)
    await expect(all(service.blockRemove([CID_TEXT]))).rejects.toThrow('gone')
  })

  it('an answer that is cut off', async () => {
    const service = await answering(200, '{"Versi', true)
    await expect(service.version()).rejects.toThrow('the daemon closed the connection before the end')
  })
})

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const value of values) list.push(value)
  return list
}

async function* values<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value)
}

async function* candidates(): AsyncGenerator<AddCandidate> {
  const attributes = { mode: 0o700, mtime: { seconds: 1, nanoseconds: 2 } }
  yield await Promise.resolve({ type: 'folder' as const, path: 'dir', ...attributes })
  yield { type: 'file', path: 'dir/ä%+ b', content: oneChunk(Buffer.from('content')) }
  yield { type: 'link', path: 'dir/link', target: 'ä%+ b' }
}

async function* one(path: string, content: AsyncIterable<Uint8Array>): AsyncGenerator<AddCandidate> {
  yield await Promise.resolve({ type: 'file' as const, path, content })
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('begin'))
  throw new Error('no such file')
}
