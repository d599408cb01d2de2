import { describe, expect, it } from 'vitest'
import { type PeerId, toPeerId } from '../../../src/ids.ts'
import { MAX_PROVIDER_ADDRESSES, parseProvider } from '../../../src/network/libp2p/provider.ts'

const A = toPeerId('12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5')
const B = toPeerId('12D3KooWJ1FFQMnZCZxhNvyRsFpPvWZPvRsXSMSNAcLRTXUcTN3V')
const RSA = toPeerId('QmSoLPppuBtQSGwKDZT2M73ULpjvfd3aZ6ha4oFGL1KrGM')

function read(peer: PeerId | undefined, addresses: string[]): { peer: string | undefined; addresses: string[] } {
  const target = parseProvider(peer === undefined ? { addresses } : { peer, addresses })
  return { peer: target.peer?.toString(), addresses: target.addresses.map((address) => address.toString()) }
}

describe('parseProvider', () => {
  it.each([
    ['an id', A, [], A, []],
    ['an RSA id', RSA, [], RSA, []],
    ['an address with its id', undefined, [`/ip4/1.2.3.4/tcp/1/p2p/${A}`], A, [`/ip4/1.2.3.4/tcp/1/p2p/${A}`]],
    ['an address without', undefined, ['/ip4/1.2.3.4/tcp/1'], undefined, ['/ip4/1.2.3.4/tcp/1']],
    ['both, the id missing in the address', A, ['/ip6/::1/tcp/1'], A, [`/ip6/::1/tcp/1/p2p/${A}`]],
    [
      'a relayed address',
      A,
      [`/ip4/1.2.3.4/tcp/1/p2p/${B}/p2p-circuit`],
      A,
      [`/ip4/1.2.3.4/tcp/1/p2p/${B}/p2p-circuit/p2p/${A}`]
    ],
    [
      'a relayed address with its id',
      undefined,
      [`/ip4/1.2.3.4/tcp/1/p2p/${B}/p2p-circuit/p2p/${A}`],
      A,
      [`/ip4/1.2.3.4/tcp/1/p2p/${B}/p2p-circuit/p2p/${A}`]
    ],
    ['nothing but an id in an address', undefined, [`/p2p/${A}`], A, [`/p2p/${A}`]]
  ])('reads %s', (_, peer, addresses, expectedPeer, expectedAddresses) => {
    expect(read(peer, addresses)).toEqual({ peer: expectedPeer, addresses: expectedAddresses })
  })

  it.each([
    ['neither id nor address', undefined, [], 'needs a peer id, an address, or both'],
    ['text that is no id', toPeerId('nobody'), [], 'not a peer id: nobody'],
    ['text that is no address', undefined, ['nowhere'], 'not a multiaddr: nowhere'],
    ['an address of another peer', A, [`/ip4/1.2.3.4/tcp/1/p2p/${B}`], 'a provider is one peer'],
    [
      'addresses of two peers',
      undefined,
      [`/ip4/1.2.3.4/tcp/1/p2p/${A}`, `/ip4/1.2.3.4/tcp/1/p2p/${B}`],
      'a provider is one peer'
    ]
  ])('refuses %s', (_, peer, addresses, message) => {
    expect(() => read(peer, addresses)).toThrow(message)
    expect(() => read(peer, addresses)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }) as Error)
  })

  it('quotes no more than the start of long text', () => {
    expect(() => read(undefined, ['x'.repeat(10_000)])).toThrow(/^not a multiaddr: x{80}…$/)
  })

  it(`keeps the first ${MAX_PROVIDER_ADDRESSES} of many addresses`, () => {
    const many = Array.from({ length: 300 }, (_, i) => `/ip4/1.2.3.4/tcp/${i + 1}`)
    expect(read(A, many).addresses).toEqual(many.slice(0, 16).map((address) => `${address}/p2p/${A}`))
  })
})
