import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import type { ExchangeSession, GetOptions } from '../../src/exchange.ts'
import { HeliaSession, MAX_SESSION_PEERS } from '../../src/helia/helia-session.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { cid } from '../support/names.ts'

const PEER = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const BYTES = Uint8Array.of(1)
const IDLE_MS = 1_000

function world(providers: ConstructorParameters<typeof HeliaSession>[1] = [], offline = false) {
  const clock = new ManualClock()
  const made: GetOptions[] = []
  const asked: GetOptions[] = []
  const added: string[] = []
  const open = new Set<HeliaSession>()
  let answer: () => Promise<Uint8Array> = () => Promise.resolve(BYTES)
  const createSession = (options: GetOptions): ExchangeSession => {
    made.push({ ...options, providers: [...(options.providers ?? [])] })
    return {
      get: async (of, how = {}) => {
        asked.push(how)
        const bytes = await answer()
        how.onProgress?.({ type: 'bitswap:block', detail: { cid: of, from: PEER } })
        return bytes
      },
      addProvider: (provider: string) => void added.push(provider),
      close: () => undefined
    } as Partial<ExchangeSession> as ExchangeSession
  }
  const session = new HeliaSession(
    {
      clock,
      createSession,
      retrieve: (of, _options, get) => get(of, {}),
      announce: () => Promise.resolve(),
      opened: (it) => open.add(it),
      closed: (it) => open.delete(it),
      idleMs: IDLE_MS
    },
    providers,
    offline
  )
  const answers = (how: typeof answer): void => {
    answer = how
  }
  return { clock, made, asked, added, open, session, answers }
}

describe('a session of Helia', () => {
  it('opens one of the exchange when it is used, and lets it go when it was quiet for a while', async () => {
    const { clock, made, open, session } = world()
    expect(made).toEqual([])
    await session.retrieve(cid('a'))
    clock.advance(IDLE_MS - 1)
    await session.retrieve(cid('b'))
    clock.advance(IDLE_MS - 1)
    expect([made.length, open.size]).toEqual([1, 1])
    clock.advance(1)
    expect([open.size, clock.timers]).toEqual([0, 0])
    await session.retrieve(cid('c'))
    expect([made.length, open.size]).toEqual([2, 1])
    session.close()
    session.close()
    expect([open.size, clock.timers]).toEqual([0, 0])
  })

  it('is not quiet while a block is waited for', async () => {
    const { clock, open, session, answers } = world()
    const block = Promise.withResolvers<Uint8Array>()
    answers(() => block.promise)
    const both = [session.retrieve(cid('a')), session.retrieve(cid('b'))]
    clock.advance(10 * IDLE_MS)
    expect(open.size).toBe(1)
    block.resolve(BYTES)
    expect(await Promise.all(both)).toEqual([BYTES, BYTES])
    clock.advance(IDLE_MS)
    expect(open.size).toBe(0)
  })

  it('takes along whom it knows: those named at first, those added, those who served', async () => {
    const first = multiaddr('/ip4/127.0.0.1/tcp/1')
    const { made, added, session } = world([first])
    await session.addPeer(multiaddr('/ip4/127.0.0.1/tcp/2'))
    await session.retrieve(cid('a'))
    await session.addPeer([multiaddr('/ip4/127.0.0.1/tcp/3'), multiaddr('/ip4/127.0.0.1/tcp/4')])
    session.close()
    await session.retrieve(cid('b'))
    const address = (port: number): string => `/ip4/127.0.0.1/tcp/${port}`
    expect(made.map(({ providers }) => providers)).toEqual([
      [1, 2].map(address),
      [...[1, 2].map(address), PEER, ...[3, 4].map(address)]
    ])
    expect(added).toEqual([3, 4].map(address))
  })

  it('passes over a CID that is no peer id, and takes one that is', async () => {
    const { made, session } = world([cid('a'), peerIdFromString(PEER).toCID()])
    await session.retrieve(cid('b'))
    expect(made[0]?.providers).toEqual([PEER])
  })

  it('knows so many peers at most; those added last', async () => {
    const { made, session } = world()
    for (let port = 1; port <= MAX_SESSION_PEERS + 5; port++) {
      await session.addPeer(multiaddr(`/ip4/127.0.0.1/tcp/${port}`))
    }
    await session.retrieve(cid('a'))
    const known = [...(made[0]?.providers ?? [])]
    expect([known.length, known[0]]).toEqual([MAX_SESSION_PEERS, '/ip4/127.0.0.1/tcp/6'])
  })

  it('asks nobody when it is made for offline use', async () => {
    const { asked, session } = world([], true)
    await session.retrieve(cid('a'))
    expect(asked[0]).toMatchObject({ offline: true })
  })
})
