import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { AddressRanges } from '../../../src/node/connectivity/address-ranges.ts'

const PEER = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'
const ranges = new AddressRanges([
  '/ip4/10.0.0.0/ipcidr/8',
  '/ip4/192.0.2.7',
  '/ip6/fc00::/ipcidr/7',
  `/ip4/198.51.100.1/tcp/4001/p2p/${PEER}`,
  '/dns4/example.com/tcp/4001'
])

it.each([
  ['/ip4/10.255.1.2/tcp/4001', true],
  ['/ip4/11.0.0.1/tcp/4001', false],
  ['/ip4/10.0.0.1/udp/4001/quic-v1', true],
  ['/ip6/::ffff:10.0.0.1/tcp/4001', true],
  ['/ip6/fd12::1/tcp/4001', true],
  ['/ip6/fe80::1/tcp/4001', false],
  ['/ip6zone/eth0/ip6/fd12::1/tcp/4001', true],
  ['/ip4/192.0.2.7/tcp/1', true],
  ['/ip4/192.0.2.8/tcp/1', false],
  ['/ip4/198.51.100.1/tcp/4001', true],
  ['/ip4/198.51.100.1/tcp/4002', false],
  ['/dns4/example.com/tcp/4001', true],
  ['/dns4/example.com/tcp/4002', false],
  [`/ip4/10.0.0.1/tcp/1/p2p/${PEER}/p2p-circuit`, true],
  ['/memory/x', false]
])('%s is covered: %s', (address, covered) => {
  expect(ranges.covers(multiaddr(address))).toBe(covered)
})
