import { expect, it } from 'vitest'
import { DEFAULT_NETWORK_OPTIONS, resolveNetworkOptions } from '../../../src/network/libp2p/network-options.ts'

it('fills in the defaults', () => {
  expect(resolveNetworkOptions()).toEqual(DEFAULT_NETWORK_OPTIONS)
  expect(resolveNetworkOptions({ idleStreamMs: 5 })).toEqual({ ...DEFAULT_NETWORK_OPTIONS, idleStreamMs: 5 })
})

it.each([
  [{ idleStreamMs: 0 }, 'network option idleStreamMs is 0: expected a number above 0'],
  [{ idleStreamMs: Number.NaN }, 'network option idleStreamMs is NaN: expected a number above 0'],
  [{ idleStreamMs: '5' }, 'network option idleStreamMs is 5: expected a number above 0'],
  [{ limitedConnections: 1 }, 'network option limitedConnections is 1: expected true or false'],
  [{ idle: 5 }, 'unknown network option idle']
])('refuses %j', (given, message) => {
  expect(() => resolveNetworkOptions(given as object)).toThrow(message)
})
