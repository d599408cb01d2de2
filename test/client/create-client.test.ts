import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatApiAddress, isUnix } from '../../src/api/api-address.ts'
import {
  BitswapError,
  createClient,
  InvalidParametersError,
  NotFoundError,
  openClient
} from '../../src/client/create-client.ts'
import { updateConfig } from '../../src/node/config/config.ts'
import { readApiToken } from '../../src/node/repo/api-token.ts'
import { startDaemon } from '../../src/node/daemon.ts'
import { merge } from '../../src/node/repo/profiles.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MISSING = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'

async function start(): Promise<{ root: string; api: string; url: string; token: string | undefined; id: string }> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  await updateConfig(join(root, 'config'), (config) => merge(config, 'API', { RequireToken: true }))
  const daemon = await startDaemon({ root, warn: () => undefined })
  onTestFinished(() => daemon.stop())
  if (isUnix(daemon.api)) throw new Error('it listens on a port')
  return {
    root,
    api: formatApiAddress(daemon.api),
    url: `http://127.0.0.1:${daemon.api.port}`,
    token: await readApiToken(root),
    id: daemon.peer.libp2p.peerId.toString()
  }
}

describe('the client', () => {
  it('commands a daemon by its address and token, or by its repo', async () => {
    const { root, api, url, token, id } = await start()
    const clients = [createClient({ api, token }), createClient({ api: url, token }), await openClient(root)]
    for (const client of clients) expect((await client.id()).id).toBe(id)
    await expect(createClient({ api }).id()).rejects.toMatchObject({
      name: 'ApiError',
      message: expect.stringContaining('401') as string
    })
    await expect(createClient({ api, auth: 'basic:a:b' }).id()).rejects.toThrow('403')
    expect(await createClient({ api, token }).call.json('repo/stat', { 'size-only': true })).toHaveProperty('RepoSize')
  })

  it('gives up when its caller does, and so does the daemon', async () => {
    const client = await openClient((await start()).root)
    const stop = new AbortController()
    const waiting = client.blockGet(MISSING, { signal: stop.signal })
    await expect.poll(async () => await client.bitswapWantlist()).toEqual([MISSING])
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect.poll(async () => await client.bitswapWantlist()).toEqual([])
  })

  it('has the errors that it throws, for whoever matches on their class', async () => {
    const client = await openClient((await start()).root)
    const missing = await client.blockGet(MISSING, { offline: true }).catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(NotFoundError)
    expect(missing).toBeInstanceOf(BitswapError)
    expect(missing).toMatchObject({ name: 'NotFoundError', code: 'ERR_NOT_FOUND' })
    expect(() => createClient({ api: 'nowhere' })).toThrow(InvalidParametersError)
  })

  it('says when there is no daemon, and what is no address', async () => {
    await expect(openClient(await temporaryDirectory())).rejects.toMatchObject({ name: 'ApiUnreachableError' })
    for (const api of ['127.0.0.1:5001', 'https://127.0.0.1:5001', 'http://127.0.0.1/other', 'http://']) {
      expect(() => createClient({ api })).toThrow('is no address for the API')
    }
  })
})
