import { describe, expect, it } from 'vitest'
import { toProvider } from '../src/provider.ts'

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
    expect(toProvider(text)).toEqual(peer === undefined ? { addresses } : { peer, addresses })
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
