import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { formatApiAddress } from '../../src/api/api-address.ts'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { readApiFile } from '../../src/node/repo/api-file.ts'
import { readConfig, writeConfig } from '../../src/node/config/config.ts'
import { startDaemon, type Daemon } from '../../src/node/daemon.ts'
import { merge } from '../../src/node/repo/profiles.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function newRepo(addresses: Record<string, unknown> = {}, api: Record<string, unknown> = {}): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  const path = join(root, 'config')
  await writeConfig(path, merge(merge((await readConfig(path)).source, 'Addresses', addresses), 'API', api))
  return root
}

async function start(root: string, warnings: string[] = []): Promise<Daemon> {
  const daemon = await startDaemon({ root, warn: (message) => warnings.push(message) })
  onTestFinished(() => daemon.stop())
  return daemon
}

describe('a daemon', () => {
  it('can be found through its repo while it runs, and not after', async () => {
    const root = await newRepo()
    const daemon = await start(root)
    const found = await readApiFile(root)
    expect(found).toEqual(daemon.api)
    const remote = new RemoteService(daemon.api)
    expect((await remote.id()).id).toBe(daemon.peer.libp2p.peerId.toString())
    await daemon.stop()
    expect(await readApiFile(root)).toBeUndefined()
    await expect(remote.id()).rejects.toMatchObject({ name: 'ApiUnreachableError' })
  })

  it('is stopped through its API, after the answer', async () => {
    const daemon = await start(await newRepo())
    await new RemoteService(daemon.api).shutdown()
    await daemon.stopped
  })

  it('is not waited for without end when it does not stop', async () => {
    const root = await newRepo()
    const daemon = await startDaemon({ root, warn: () => undefined, stopLimitMs: 50 })
    const stop = daemon.peer.stop.bind(daemon.peer)
    onTestFinished(stop)
    Object.assign(daemon.peer, { stop: () => new Promise(() => undefined) })
    await expect(daemon.stop()).rejects.toThrow('the daemon did not end within 0.05 s')
    await expect(daemon.stopped).rejects.toThrow('the daemon did not end within 0.05 s')
    expect(await readApiFile(root)).toBeUndefined()
  })

  it('ends when its API file cannot be removed, and says so, whether anybody looks at `stopped` or not', async () => {
    const root = await newRepo()
    const daemon = await startDaemon({ root, warn: () => undefined })
    await rm(join(root, 'api'))
    await mkdir(join(root, 'api'))
    await expect(daemon.stop()).rejects.toMatchObject({ code: 'ERR_FS_EISDIR' })
    await expect(new RemoteService(daemon.api).id()).rejects.toMatchObject({ name: 'ApiUnreachableError' })
    await rm(join(root, 'api'), { recursive: true })
    await start(root)
  })

  it('waits for all of its parts when one of them fails to end', async () => {
    const daemon = await startDaemon({
      root: await newRepo({ Gateway: '/ip4/127.0.0.1/tcp/0' }),
      warn: () => undefined
    })
    const { gateway, peer } = daemon
    const stopGateway = gateway?.stop.bind(gateway)
    onTestFinished(peer.stop.bind(peer))
    onTestFinished(async () => await stopGateway?.())
    const flushed = Promise.withResolvers<undefined>()
    Object.assign(daemon.gateway ?? {}, { stop: () => Promise.reject(new Error('the gateway fails')) })
    Object.assign(daemon.peer, { stop: () => flushed.promise })
    let isEnded = false
    const stopping = daemon.stop().finally(() => (isEnded = true))
    stopping.catch(() => undefined)
    await vi.waitFor(() => expect(new RemoteService(daemon.api).id()).rejects.toThrow('connect'))
    expect(isEnded).toBe(false)
    flushed.resolve(undefined)
    await expect(stopping).rejects.toThrow('the gateway fails')
  })

  it('asks for the token of its repo, and makes one when there is none', async () => {
    const root = await newRepo({}, { RequireToken: true })
    await rm(join(root, 'api-token'))
    const daemon = await start(root)
    const file = join(root, 'api-token')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const auth = `bearer:${(await readFile(file, 'utf8')).trim()}`
    await expect(new RemoteService(daemon.api).id()).rejects.toThrow('401 - Unauthorized')
    expect((await new RemoteService(daemon.api, { auth }).id()).id).toBe(daemon.peer.libp2p.peerId.toString())
  })

  it('says at its start that it asks nobody, and refuses to where other machines could command it', async () => {
    const warnings: string[] = []
    const root = await newRepo()
    await start(root, warnings)
    expect(warnings).toContain(
      'API.RequireToken is false: every program and user of this machine can command this peer'
    )
    const open = await newRepo({ API: '/ip4/0.0.0.0/tcp/0' })
    await expect(start(open)).rejects.toThrow(/API\.RequireToken/u)
    await start(await newRepo({ API: '/ip4/0.0.0.0/tcp/0' }, { RequireToken: true }))
  })

  it("listens on a socket in the file system that is its owner's alone", async () => {
    const path = join(await temporaryDirectory(), 'api.sock')
    const root = await newRepo({ API: `/unix${path}` })
    const daemon = await start(root)
    expect(await readFile(join(root, 'api'), 'utf8')).toBe(`/unix${path}`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await new RemoteService(daemon.api).id()).id).toBe(daemon.peer.libp2p.peerId.toString())
    const other = await newRepo({ API: `/unix${path}` })
    await expect(start(other)).rejects.toThrow('EADDRINUSE')
    await daemon.stop()
    await writeFile(path, 'no socket')
    await expect(start(other)).rejects.toThrow('EADDRINUSE')
  })

  it('takes over the API file of one that died', async () => {
    const root = await newRepo()
    await writeFile(join(root, 'api'), '/ip4/127.0.0.1/tcp/1')
    const daemon = await start(root)
    expect(await readApiFile(root)).toEqual(daemon.api)
  })

  it('does not start where another runs', async () => {
    const root = await newRepo()
    const first = await start(root)
    await expect(start(root)).rejects.toMatchObject({ name: 'RepoLockedError' })
    expect(await readApiFile(root)).toEqual(first.api)
  })

  it('does not start on a taken port, and leaves its repo free', async () => {
    const first = await start(await newRepo())
    const root = await newRepo({ API: formatApiAddress(first.api) })
    await expect(start(root)).rejects.toMatchObject({
      code: 'ERR_PORT_IN_USE',
      message: expect.stringContaining(`choose another port in Addresses.API of ${join(root, 'config')}`) as string
    })
    await first.stop()
    await expect(start(root)).resolves.toBeDefined()
  })

  it.each([
    [[], 'Addresses.API in'],
    ['/ip4/0.0.0.0/tcp/0', 'command this peer'],
    ['localhost:5001', 'Addresses.API is "localhost:5001"']
  ])('does not start with the API address %o', async (API, message) => {
    await expect(start(await newRepo({ API }))).rejects.toThrow(message)
  })

  it('serves the first of several API addresses, and tells of the others', async () => {
    const warnings: string[] = []
    await start(await newRepo({ API: ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0'] }, { RequireToken: true }), warnings)
    expect(warnings).toEqual(['the API listens on one address: skipped /ip6/::1/tcp/0'])
  })
})
