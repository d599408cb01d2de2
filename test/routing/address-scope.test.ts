import { describe, expect, it } from 'vitest'
import { addressScope, type AddressScope } from '../../src/routing/address-scope.ts'

describe('addressScope', () => {
  it.each<[string, AddressScope]>([
    ['/ip4/127.0.0.1/tcp/4001', 'loopback'],
    ['/ip4/127.8.8.8/tcp/4001', 'loopback'],
    ['/ip4/0.0.0.0/tcp/4001', 'loopback'],
    ['/ip6/::1/tcp/4001', 'loopback'],
    ['/ip6/::ffff:127.0.0.1/tcp/1', 'loopback'],
    ['/dns4/localhost/tcp/1', 'loopback'],
    ['/dns/x.localhost/tcp/1', 'loopback'],
    ['/unix/tmp/socket', 'loopback'],
    ['/ip4/10.1.2.3/udp/4001/quic-v1', 'private'],
    ['/ip4/172.16.0.1/tcp/1', 'private'],
    ['/ip4/172.32.0.1/tcp/1', 'public'],
    ['/ip4/192.168.1.1/tcp/1', 'private'],
    ['/ip4/169.254.1.1/tcp/1', 'private'],
    ['/ip4/100.64.0.1/tcp/1', 'private'],
    ['/ip4/239.1.1.1/tcp/1', 'private'],
    ['/ip6/fd00::1/tcp/1', 'private'],
    ['/ip6/fe80::1/tcp/1', 'private'],
    ['/ip6zone/eth0/ip6/fe80::1/tcp/1', 'private'],
    ['/ip6/::ffff:10.0.0.1/tcp/1', 'private'],
    ['/dns4/nas.local/tcp/1', 'private'],
    ['/ip4/1.2.3/tcp/1', 'private'],
    ['/ip4/8.8.8.8/tcp/1', 'public'],
    ['/ip6/2001:4860:4860::8888/tcp/1', 'public'],
    ['/dnsaddr/bootstrap.example', 'public'],
    ['/ip4/8.8.8.8/tcp/1/p2p/12D3Koo/p2p-circuit', 'public'],
    ['/ip4/10.0.0.1/tcp/1/p2p/12D3Koo/p2p-circuit', 'private']
  ])('%s is %s', (address, scope) => {
    expect(addressScope(address)).toBe(scope)
  })
})
