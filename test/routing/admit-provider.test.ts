import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import type { Provider } from '../../src/ports.ts'
import { admitProvider, MAX_ADDRESS_LENGTH, MAX_ADDRESSES } from '../../src/routing/admit-provider.ts'

const PEER = toPeerId('12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z')
const HOME = '/ip4/192.0.2.7/tcp/4001'

/** An answer as a hostile router may form it: types are a promise that nobody keeps. */
function answer(peer: unknown, addresses: readonly unknown[]): Provider {
  return { peer, addresses } as Provider
}

describe('admitProvider', () => {
  it.each<[string, Provider, Provider | undefined]>([
    ['a peer with an address', answer(PEER, [HOME]), { peer: PEER, addresses: [HOME] }],
    ['a peer alone', answer(PEER, []), { peer: PEER, addresses: [] }],
    ['an address alone', { addresses: [HOME] }, { addresses: [HOME] }],
    ['neither', { addresses: [] }, undefined],
    ['a name with spaces', answer('12D3Koo W', [HOME]), undefined],
    ['a name that commands a terminal', answer('12D3Koo\u001b[2J', [HOME]), undefined],
    ['a name without end', answer('Q'.repeat(129), [HOME]), undefined],
    ['a number for a name', answer(7, [HOME]), undefined],
    ['an address twice', answer(PEER, [HOME, HOME]), { peer: PEER, addresses: [HOME] }],
    [
      'an address with and without the peer',
      answer(PEER, [`${HOME}/p2p/${PEER}`, HOME, `/p2p/${PEER}`]),
      { peer: PEER, addresses: [HOME] }
    ],
    [
      'no addresses at all',
      answer(PEER, ['', 'x', '//', '/ip4/1 2', 7, null, '/ip4/\u0007']),
      { peer: PEER, addresses: [] }
    ],
    [
      'an address without end',
      answer(PEER, [`/dns4/${'a'.repeat(MAX_ADDRESS_LENGTH)}`, HOME]),
      { peer: PEER, addresses: [HOME] }
    ]
  ])('%s', (_what, given, expected) => {
    expect(admitProvider(given)).toEqual(expected)
  })

  it('keeps a few addresses of many', () => {
    const many = Array.from({ length: 10_000 }, (_, port) => `/ip4/192.0.2.7/tcp/${port}`)
    expect(admitProvider(answer(PEER, many))?.addresses).toEqual(many.slice(0, MAX_ADDRESSES))
  })
})
