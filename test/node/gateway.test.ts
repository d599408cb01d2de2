import { stat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CarReader } from '@ipld/car'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig, writeConfig } from '../../src/node/config/config.ts'
import { startDaemon, type Daemon, type DaemonInit } from '../../src/node/daemon.ts'
import { merge } from '../../src/node/repo/profiles.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { fetchFrom } from '../support/gateway-world.ts'
import { all, candidatesOf } from '../support/memory-content.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function newRepo(gateway: unknown = '/ip4/127.0.0.1/tcp/0', settings: Record<string, unknown> = {}) {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const path = join(root, 'config')
  const source = merge((await readConfig(path)).source, 'Addresses', { Gateway: gateway })
  await writeConfig(path, merge(source, 'Gateway', settings))
  return root
}

async function start(root: string, init: Partial<DaemonInit> = {}): Promise<Daemon & { readonly warnings: string[] }> {
  const warnings: string[] = []
  const daemon = await startDaemon({ root, warn: (message) => warnings.push(message), ...init })
  onTestFinished(() => daemon.stop())
  return { ...daemon, warnings }
}

async function add(daemon: Daemon, content = 'served by the gateway'): Promise<string> {
  const events = await all(daemon.peer.service.add(candidatesOf({ 'a.txt': content })))
  const added = events.findLast((event) => event.type === 'added')
  return added?.type === 'added' ? added.cid : expect.fail('nothing was added')
}

const portOf = (daemon: Daemon): number => daemon.gateway?.address.port ?? expect.fail('there is no gateway')

describe('the gateway of a daemon', () => {
  it('serves what is stored, and can be found through the repo while it runs', async () => {
    const root = await newRepo()
    const daemon = await start(root)
    const cid = await add(daemon)
    const file = join(root, 'gateway')
    expect(await readFile(file, 'utf8')).toBe(`http://127.0.0.1:${portOf(daemon)}`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const reply = await fetchFrom(portOf(daemon), `/ipfs/${cid}?format=raw`)
    expect(reply).toMatchObject({ status: 200, body: Buffer.from('served by the gateway') })
    expect(reply.headers.server).toMatch(/^barter\//u)
    expect(daemon.warnings.filter((warning) => warning.includes('gateway'))).toEqual([])
    await daemon.stop()
    await expect(readFile(file)).rejects.toThrow('ENOENT')
    await expect(fetchFrom(portOf(daemon), '/')).rejects.toThrow('ECONNREFUSED')
  })

  it('fetches from connected peers for this machine, unless Gateway.NoFetch says no', async () => {
    const [seeder, fetching, silent] = [
      await start(await newRepo()),
      await start(await newRepo()),
      await start(await newRepo(undefined, { NoFetch: true }))
    ]
    const cid = await add(seeder)
    const addresses = seeder.peer.libp2p.getMultiaddrs().map(String)
    for (const daemon of [fetching, silent]) await daemon.peer.service.swarmConnect(addresses[0] ?? '')
    const car = await fetchFrom(portOf(fetching), `/ipfs/${cid}?format=car`)
    expect(await all((await CarReader.fromBytes(car.body)).cids())).toMatchObject([{}])
    expect((await fetchFrom(portOf(silent), `/ipfs/${cid}?format=raw`)).status).toBe(404)
  })

  it('is what a user may name for a peer to read from: --from /ip4/127.0.0.1/tcp/8080/http', async () => {
    const [seeder, reader] = [await start(await newRepo()), await start(await newRepo())]
    const cid = await add(seeder)
    const from = [`/ip4/127.0.0.1/tcp/${portOf(seeder)}/http`]
    const { content } = await reader.peer.service.cat(cid, { from })
    expect(Buffer.concat(await all(content)).toString()).toBe('served by the gateway')
    expect(reader.peer.libp2p.getPeers()).toEqual([])
    expect(seeder.gateway?.stat().responses).toEqual({ 200: 2 })
  })

  it('is open to other machines only when told so, says it, and then fetches nothing for them by itself', async () => {
    const daemon = await start(await newRepo('/ip4/0.0.0.0/tcp/0'))
    expect(daemon.warnings).toContainEqual(
      expect.stringMatching(/the gateway listens on 0\.0\.0\.0:\d+, where other machines can read/u)
    )
    const absent = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    expect((await fetchFrom(portOf(daemon), `/ipfs/${absent}?format=raw`)).status).toBe(404)
    const open = await start(await newRepo('/ip4/0.0.0.0/tcp/0', { NoFetch: false }))
    expect(open.warnings).toContainEqual(expect.stringContaining('and have it fetch others'))
  })

  it('fetches nothing for a daemon that is offline', async () => {
    const daemon = await start(await newRepo(), { offline: true })
    const absent = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    expect((await fetchFrom(portOf(daemon), `/ipfs/${absent}?format=raw`)).status).toBe(404)
  })

  it('is off when Addresses.Gateway is empty', async () => {
    for (const empty of ['', [], null]) expect((await start(await newRepo(empty))).gateway).toBeUndefined()
  })

  it('keeps the rules of the policy, from the moment they are made', async () => {
    const daemon = await start(await newRepo())
    const cid = await add(daemon)
    const status = async () => (await fetchFrom(portOf(daemon), `/ipfs/${cid}?format=raw`)).status
    expect(await status()).toBe(200)
    await daemon.peer.service.policy.deny({ cid })
    expect(await status()).toBe(410)
    await daemon.peer.service.policy.allow({ cid })
    expect(await status()).toBe(200)
    await daemon.peer.service.policy.remove({ cid })
    await daemon.peer.service.policy.allow({ cid: 'bafkqaaa' })
    expect(await status()).toBe(410)
  })

  it('takes its limits and headers from the config', async () => {
    const daemon = await start(
      await newRepo(undefined, { HTTPHeaders: { 'X-Of-Mine': ['yes'] }, MaxConcurrentRequests: 8 })
    )
    expect((await fetchFrom(portOf(daemon), '/ipfs/bafkqaaa?format=raw')).headers).toMatchObject({ 'x-of-mine': 'yes' })
  })

  it('does not start on a taken port, and leaves its repo free', async () => {
    const first = await start(await newRepo())
    const root = await newRepo(`/ip4/127.0.0.1/tcp/${portOf(first)}`)
    await expect(start(root)).rejects.toMatchObject({
      code: 'ERR_PORT_IN_USE',
      message: expect.stringContaining(`Addresses.Gateway of ${join(root, 'config')}`) as string
    })
    await first.stop()
    await expect(start(root)).resolves.toBeDefined()
  })

  it.each([
    ['/unix/tmp/gateway.sock', {}, 'Addresses.Gateway is "/unix/tmp/gateway.sock": expected addresses of TCP'],
    ['nonsense', {}, 'nonsense'],
    [undefined, { RetrievalTimeout: 'soon' }, 'Gateway.RetrievalTimeout'],
    [undefined, { MaxConcurrentRequests: 0 }, 'Gateway.MaxConcurrentRequests'],
    [undefined, { HTTPHeaders: { 'no good': ['x'] } }, 'Gateway.HTTPHeaders']
  ])('does not start with the address %o and %o', async (address, settings, message) => {
    const root = await newRepo(address).catch((error: unknown) => error)
    await expect(
      typeof root === 'string' ? withSettings(root, settings) : Promise.reject(root as Error)
    ).rejects.toThrow(message)
  })
})

/** The config is written as it is: it is the start that complains. */
async function withSettings(root: string, settings: Record<string, unknown>): Promise<Daemon> {
  const path = join(root, 'config')
  await writeConfig(path, merge((await readConfig(path)).source, 'Gateway', settings))
  return await start(root)
}
