import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { isRemote } from '../../../src/network/libp2p/is-remote.ts'

describe('isRemote', () => {
  it.each([
    ['/ip4/127.0.0.1/tcp/1', false],
    ['/ip4/10.9.8.7/tcp/1/ws', false],
    ['/ip4/172.31.255.255/tcp/1', false],
    ['/ip4/172.32.0.0/tcp/1', true],
    ['/ip4/192.168.1.1/udp/1/quic-v1', false],
    ['/ip4/100.64.0.1/tcp/1', false],
    ['/ip4/8.8.8.8/tcp/1', true],
    ['/ip6/::1/tcp/1', false],
    ['/ip6/fd00::1/tcp/1', false],
    ['/ip6/fe80::1/tcp/1', false],
    ['/ip6/2606:4700::1/tcp/1', true],
    ['/dns4/example.com/tcp/1', true],
    ['/memory/1', false],
    ['/ip4/10.0.0.1/tcp/1/p2p/12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z/p2p-circuit', true]
  ])('%s: %s', (address, remote) => {
    expect(isRemote(multiaddr(address))).toBe(remote)
  })
})
