import type { Provider, Routing } from '@helia/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { HeliaFinder } from '../../src/helia/helia-finder.ts'
import { HeliaProgress } from '../../src/helia/helia-progress.ts'
import type { FoundProvider } from '../../src/provider.ts'
import { cid } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const PEER = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const ID = peerIdFromString(PEER).toCID()
const ADDRESS = multiaddr('/ip4/127.0.0.1/tcp/4001')
const GATEWAY = multiaddr('/dns4/gateway.example/tcp/443/https')
const A = cid('a')

function provider(id: Provider['id'], ...multiaddrs: Multiaddr[]): Provider {
  return { id, multiaddrs, router: 'a-router', fallback: false }
}

function world(found: readonly Provider[], failure?: Error) {
  const logger = new RecordingLogger()
  const progress = new HeliaProgress(() => false, logger)
  const routing: Pick<Routing, 'findProviders'> = {
    async *findProviders(of, options) {
      if (failure !== undefined) throw failure
      options?.onProgress?.({ type: 'helia:routing:find-providers:start', detail: { router: 'a-router', cid: of } })
      await Promise.resolve()
      yield* found
    }
  }
  const isDialable = (where: Multiaddr | Multiaddr[]): Promise<boolean> =>
    Promise.resolve([where].flat().some((address) => address.equals(ADDRESS)))
  return { logger, progress, finder: new HeliaFinder(routing, { isDialable }, progress) }
}

async function all(finder: HeliaFinder): Promise<FoundProvider[]> {
  const providers: FoundProvider[] = []
  for await (const found of finder.findProviders(A)) providers.push(found)
  return providers
}

describe('the routing of a Helia node', () => {
  it('names peers that can be dialled, and only these', async () => {
    const { finder } = world([provider(A, ADDRESS), provider(ID, GATEWAY), provider(ID, ADDRESS)])
    expect(await all(finder)).toEqual([{ peer: PEER, addresses: [ADDRESS] }])
  })

  it('may have no routers', async () => {
    const none = Object.assign(new Error('none'), { name: 'NoRoutersAvailableError' })
    expect(await all(world([], none).finder)).toEqual([])
    await expect(all(world([], new Error('broken')).finder)).rejects.toThrow('broken')
  })

  it('tells those who wait for the block what it does, and no others; nobody can harm the search', async () => {
    const { finder, progress, logger } = world([provider(ID, ADDRESS)])
    const heard: [string, unknown][] = []
    const others: string[] = []
    const following = progress.follow(A, ({ type, detail }) => heard.push([String(type), detail]), [])
    progress.follow(cid('b'), ({ type }) => others.push(String(type)), [])
    progress.follow(A, () => {
      throw new Error('bad listener')
    }, [])
    expect((await all(finder)).length).toBe(1)
    const dial = { broker: 'bitswap', type: 'connect', provider: ID, cid: A }
    expect(heard).toEqual([
      ['bitswap:find-providers', A],
      ['helia:routing:find-providers:start', { router: 'a-router', cid: A }],
      ['bitswap:found-provider', { type: 'bitswap', cid: A, provider: provider(ID, ADDRESS), router: 'a-router' }],
      ['bitswap:dial', peerIdFromString(PEER)],
      ['helia:block-broker:connect', dial]
    ])
    expect(others).toEqual([])
    expect(new Set(logger.messages('warn'))).toEqual(new Set(['a progress listener threw']))
    following.end()
    await all(finder)
    expect(heard.length).toBe(5)
  })
})
