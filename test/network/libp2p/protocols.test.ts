import { expect, it } from 'vitest'
import { BITSWAP_PROTOCOLS, featuresOf, speaksBitswap, wireVersionOf } from '../../../src/network/libp2p/protocols.ts'

it('asks for the newest protocol first', () => {
  expect(BITSWAP_PROTOCOLS).toEqual([
    '/ipfs/bitswap/1.2.0',
    '/ipfs/bitswap/1.1.0',
    '/ipfs/bitswap/1.0.0',
    '/ipfs/bitswap'
  ])
  expect(BITSWAP_PROTOCOLS.map(wireVersionOf)).toEqual(['1.2.0', '1.1.0', '1.0.0', 'unversioned'])
})

it.each([
  [[], false, false],
  [['/ipfs/id/1.0.0'], false, false],
  [['/ipfs/bitswap'], true, false],
  [['/ipfs/bitswap/1.1.0', '/ipfs/id/1.0.0'], true, false],
  [['/ipfs/bitswap/1.1.0', '/ipfs/bitswap/1.2.0'], true, true],
  [['/ipfs/bitswap/9.9.9'], false, false]
])('knows what a peer with %j speaks', (protocols, bitswap, presences) => {
  expect(speaksBitswap(protocols)).toBe(bitswap)
  expect(featuresOf(protocols)).toEqual({ presences })
})
