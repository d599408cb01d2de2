import { describe, expect, it } from 'vitest'
import type { Provider, ProviderFinder } from '../src/index.ts'
import { toFinder, toProvider } from '../src/provider.ts'
import { cid } from './support/names.ts'

const PEER = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5'
const OLD = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
const TCP = '/ip4/127.0.0.1/tcp/4001'

describe('toProvider', () => {
  it.each<[name: string, text: string, peer: string | undefined, addresses: readonly string[]]>([
    ['a peer id', PEER, PEER, []],
    ['a peer id of the old form', OLD, OLD, []],
    ['an address with a peer id', `${TCP}/p2p/${PEER}`, PEER, [`${TCP}/p2p/${PEER}`]],
    ['an address with a peer id, as it was written once', `${TCP}/ipfs/${OLD}`, OLD, [`${TCP}/ipfs/${OLD}`]],
    ['an address without one', TCP, undefined, [TCP]],
    [
      'an address of a name',
      `/dns4/example.com/tcp/443/wss/p2p/${PEER}`,
      PEER,
      [`/dns4/example.com/tcp/443/wss/p2p/${PEER}`]
    ],
    ['a peer id as an address', `/p2p/${PEER}`, PEER, []],
    ['a slash at the end', `/p2p/${PEER}/`, PEER, []],
    [
      'a peer behind a relay',
      `${TCP}/p2p/${OLD}/p2p-circuit/p2p/${PEER}`,
      PEER,
      [`${TCP}/p2p/${OLD}/p2p-circuit/p2p/${PEER}`]
    ],
    [
      'a relay, and who is behind it is not said',
      `${TCP}/p2p/${OLD}/p2p-circuit`,
      undefined,
      [`${TCP}/p2p/${OLD}/p2p-circuit`]
    ]
  ])('%s', (_name, text, peer, addresses) => {
    const named = addresses.length > 0 ? { isNamed: true } : {}
    expect(toProvider(text)).toEqual(peer === undefined ? { addresses, ...named } : { peer, addresses, ...named })
    expect(toProvider({ toString: () => text })).toEqual(toProvider(text))
  })

  it.each<[name: string, like: string | { toString(): string }]>([
    ['nothing', ''],
    ['a slash', '/'],
    ['a protocol without a value', '/p2p'],
    ['a peer id with a space', `${PEER} `],
    ['a peer id of 129 letters', 'a'.repeat(129)],
    ['markup', '<script>'],
    ['a web address', 'https://example.com'],
    ['an address with a bad peer id', `${TCP}/p2p/not-a-peer`],
    ['an object that has no text of its own', {}]
  ])('refuses %s, and says what it expects', (_name, like) => {
    expect(() => toProvider(like)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
    expect(() => toProvider(like)).toThrow('expected a peer id (12D3Koo…) or a multiaddr')
  })
})

describe('toFinder', () => {
  /** As a user writes it: plain text and objects, and no type of the core. */
  class OwnFinder implements ProviderFinder {
    ended = false
    signal: AbortSignal | undefined

    async *findProviders(
      _cid: unknown,
      { signal }: { signal?: AbortSignal | undefined } = {}
    ): AsyncGenerator<Provider> {
      this.signal = signal
      try {
        await Promise.resolve()
        yield { peer: PEER }
        yield { peer: { toString: () => OLD }, addresses: [TCP, { toString: () => `${TCP}/ws` }] }
        yield { addresses: new Set([TCP]) }
      } finally {
        this.ended = true
      }
    }
  }

  it('takes peers and addresses as text or as objects', async () => {
    const own = new OwnFinder()
    const found = []
    const { signal } = new AbortController()
    for await (const provider of toFinder(own).findProviders(cid('a'), { signal })) found.push(provider)
    expect(found).toEqual([
      { peer: PEER, addresses: [] },
      { peer: OLD, addresses: [TCP, `${TCP}/ws`] },
      { addresses: [TCP] }
    ])
    expect(own.signal).toBe(signal)
  })

  it('lets the search go when enough was found', async () => {
    const own = new OwnFinder()
    for await (const provider of toFinder(own).findProviders(cid('a'))) {
      expect(provider.peer).toBe(PEER)
      break
    }
    expect(own.ended).toBe(true)
  })
})
