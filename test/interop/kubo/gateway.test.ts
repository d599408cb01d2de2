/** Blocks and CARs over HTTP: our gateway for Kubo, and Kubo's for us. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CarBlockIterator } from '@ipld/car'
import { CID } from 'multiformats/cid'
import { expect, it, onTestFinished } from 'vitest'
import { oneChunk } from '../../../src/api/formats/collect.ts'
import { hostId } from '../../../src/network/http/http-host.ts'
import { startDaemon, type Daemon } from '../../../src/node/daemon.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { lines, startDelegatedServer } from '../../support/delegated-server.ts'
import { fetchFrom } from '../../support/gateway-world.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ipfs } from './ipfs-command.ts'
import { startKubo, startPeer, withKubo, type Kubo } from './play-kubo.ts'

/** Some peer that names a gateway as its own. */
const PEER = '12D3KooWH3uVF6wv47WnArKHk5p6cvgCJEb74UTmxztmQDc298L3'
const CHUNK = 256 * 1024

async function startBarter(): Promise<Daemon> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const daemon = await startDaemon({ root, warn: () => undefined })
  onTestFinished(() => daemon.stop())
  return daemon
}

const portOf = (daemon: Daemon): number => daemon.gateway?.address.port ?? expect.fail('there is no gateway')

async function addFolder(daemon: Daemon, content: Uint8Array, names: readonly string[]): Promise<string> {
  const files = async function* () {
    for (const name of names) {
      yield await Promise.resolve({ type: 'file' as const, path: name, content: oneChunk(content) })
    }
  }
  let root = ''
  for await (const event of daemon.peer.service.add(files(), { wrap: true }))
    if (event.type === 'added') root = event.cid
  return root
}

/** Where Kubo's gateway listens, by the file in its repo. */
async function gatewayOf({ daemon }: Kubo): Promise<URL> {
  return new URL((await readFile(join(daemon.repo, 'gateway'), 'utf8')).trim())
}

await withKubo('Gateways of Kubo and Barter', () => {
  it('Kubo imports a CAR of ours, whole, and has the file then', async () => {
    const [barter, kubo] = [await startBarter(), await startKubo()]
    const content = randomBytes(3 * CHUNK + 17)
    const root = await addFolder(barter, content, ['a', 'b'])
    const { body } = await fetchFrom(portOf(barter), `/ipfs/${root}?format=car`)
    const file = join(await temporaryDirectory(), 'folder.car')
    await writeFile(file, body)
    const imported = await ipfs(['dag', 'import', '--stats', file], { repo: kubo.daemon.repo })
    expect(imported.stdout.toString()).toContain(`Pinned root\t${root}\tsuccess`)
    expect((await ipfs(['cat', `${root}/b`], { repo: kubo.daemon.repo })).stdout).toEqual(content)
    // One that was cut is not taken for a whole one.
    await writeFile(file, body.subarray(0, -100))
    expect((await ipfs(['dag', 'import', file], { repo: kubo.daemon.repo })).code).toBe(1)
  })

  it('answers as Kubo does: statuses, types and the blocks of CARs', async () => {
    const [barter, kubo] = [await startBarter(), await startKubo()]
    const root = await addFolder(barter, randomBytes(3 * CHUNK + 17), ['a', 'b'])
    const file = join(await temporaryDirectory(), 'folder.car')
    await writeFile(file, (await fetchFrom(portOf(barter), `/ipfs/${root}?format=car`)).body)
    await ipfs(['dag', 'import', file], { repo: kubo.daemon.repo })
    const theirs = Number((await gatewayOf(kubo)).port)
    const car = 'application/vnd.ipld.car'
    const requests: readonly (readonly [string, Record<string, string>?, string?])[] = [
      ['?format=raw'],
      ['?format=raw', { range: 'bytes=3-9' }],
      ['?format=raw', { range: 'bytes=999999-' }],
      ['?format=raw', {}, 'HEAD'],
      ['?format=car'],
      ['?format=car&car-dups=y'],
      ['', { accept: `${car}; order=dfs; dups=y` }],
      ['?format=car&dag-scope=block'],
      ['?format=car&dag-scope=entity'],
      ['/a?format=car'],
      ['/b?format=car&dag-scope=entity'],
      // The specification has entity-bytes imply this scope; Kubo wants to be told.
      ['/a?format=car&dag-scope=entity&entity-bytes=0:9'],
      ['/a?format=car&dag-scope=entity&entity-bytes=300000:300001'],
      ['/a?format=car&dag-scope=entity&entity-bytes=-5:*'],
      ['/a?format=car&dag-scope=entity&entity-bytes=262143:-17'],
      ['/a?format=car&dag-scope=entity&entity-bytes=x:1'],
      ['?format=car&car-version=3'],
      ['?format=car&dag-scope=none']
    ]
    for (const [path, headers, method] of requests) {
      const [ours, kubos] = await Promise.all(
        [portOf(barter), theirs].map((port) => fetchFrom(port, `/ipfs/${root}${path}`, headers, method))
      )
      expect(ours?.status, path).toBe(kubos?.status)
      if (ours?.status !== 200 && ours?.status !== 206) continue
      for (const name of ['content-type', 'content-range', 'cache-control', 'accept-ranges'] as const) {
        expect(ours.headers[name], `${name} of ${path}`).toBe(kubos?.headers[name])
      }
      if (path.includes('raw'))
        expect([ours.body, ours.headers['content-length']], path).toEqual([
          kubos?.body,
          kubos?.headers['content-length']
        ])
      // The header of a CAR may differ; the blocks behind it, and their order, do not.
      if (ours.status === 200 && !path.includes('raw'))
        expect(await blocksOf(ours.body), path).toEqual(await blocksOf(kubos?.body))
    }
  })

  it('Barter fetches from the gateway of Kubo', async () => {
    const [barter, kubo] = [await startPeer(), await startKubo()]
    const { port, origin } = await gatewayOf(kubo)
    const cids: CID[] = []
    for (let index = 0; index < 20; index++) cids.push(await kubo.peer.put(randomBytes(20_000)))
    const from = new Set<string | undefined>()
    for await (const block of barter.bitswap.getMany(cids, { providers: [`/ip4/127.0.0.1/tcp/${port}/http`] })) {
      expect(block.bytes.byteLength).toBe(20_000)
      from.add(block.from)
    }
    expect([...from]).toEqual([hostId(origin)])
    expect(barter.libp2p.getPeers()).toEqual([])
  })

  it('Kubo fetches from our gateway, which it finds by a router', async () => {
    const barter = await startBarter()
    const record = {
      Schema: 'peer',
      ID: PEER,
      Addrs: [`/ip4/127.0.0.1/tcp/${portOf(barter)}/http`],
      Protocols: ['transport-ipfs-gateway-http']
    }
    const router = await startDelegatedServer(lines([record]))
    const kubo = await startKubo({
      config: {
        HTTPRetrieval: { Enabled: true },
        Routing: { Type: 'delegated', DelegatedRouters: [router.url.origin] }
      }
    })
    const content = randomBytes(3 * CHUNK)
    const root = await addFolder(barter, content, ['a'])
    const read = await ipfs(['cat', '--timeout=60s', `${root}/a`], { repo: kubo.daemon.repo })
    expect(read.stderr).toBe('')
    expect(read.stdout).toEqual(content)
    expect(barter.peer.libp2p.getPeers()).toEqual([])
    expect(barter.gateway?.stat().responses[200]).toBeGreaterThan(3)
  })
})

/** The blocks of a CAR, in their order. */
async function blocksOf(car: Buffer | undefined): Promise<readonly string[]> {
  const cids: string[] = []
  for await (const { cid } of await CarBlockIterator.fromBytes(car ?? Buffer.alloc(0))) cids.push(cid.toString())
  return cids
}
