import { BlockList } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'

const NEAR = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10]
] as const) {
  NEAR.addSubnet(network, bits, 'ipv4')
}
NEAR.addAddress('::1', 'ipv6')
for (const [network, bits] of [
  ['fc00::', 7],
  ['fe80::', 10]
] as const) {
  NEAR.addSubnet(network, bits, 'ipv6')
}

/** True for an address on the internet; false for this machine, private networks, and what has no IP address. */
export function isRemote(address: Multiaddr): boolean {
  const parts = address.getComponents()
  if (parts.some(({ name }) => name === 'p2p-circuit')) return true
  const host = parts.find(({ name }) => name === 'ip4' || name === 'ip6')
  if (host?.value === undefined) return parts.some(({ name }) => name.startsWith('dns'))
  return !NEAR.check(host.value, host.name === 'ip4' ? 'ipv4' : 'ipv6')
}
