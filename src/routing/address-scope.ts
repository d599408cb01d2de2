import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Who can reach an address: this machine alone, its own network, or everybody. */
export type AddressScope = 'loopback' | 'private' | 'public'

const LOOPBACK = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['0.0.0.0', 32, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['::', 128, 'ipv6']
])

/** RFC 1918, 3927, 4193, 4291, 6598; and what no network routes. */
const PRIVATE = blockList([
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6']
])

/**
 * The scope of a multiaddr in text form, by the place it starts at: for a circuit, that of its relay. A name is public
 * unless it is one of this machine or network.
 */
export function addressScope(address: string): AddressScope {
  const [, protocol = '', host = '', ...rest] = address.split('/')
  // A zone (`/ip6zone/eth0/ip6/fe80::1`) names an interface of this machine.
  if (protocol === 'ip6zone') return addressScope(`/${rest.join('/')}`)
  if (protocol === 'ip4' || protocol === 'ip6') return scopeOfHost(host)
  if (protocol === 'dns' || protocol.startsWith('dns4') || protocol.startsWith('dns6') || protocol === 'dnsaddr') {
    if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback'
    return host.endsWith('.local') || host.endsWith('.internal') ? 'private' : 'public'
  }
  return protocol === 'unix' || protocol === 'memory' ? 'loopback' : 'public'
}

function scopeOfHost(host: string): AddressScope {
  const mapped = /^::ffff:([\d.]+)$/iu.exec(host)?.[1]
  if (mapped !== undefined) return scopeOfHost(mapped)
  const family = isIPv4(host) ? 'ipv4' : isIPv6(host) ? 'ipv6' : undefined
  if (family === undefined) return 'private'
  if (LOOPBACK.check(host, family)) return 'loopback'
  return PRIVATE.check(host, family) ? 'private' : 'public'
}

function blockList(ranges: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family)
  return list
}
