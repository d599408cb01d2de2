import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/node/config/config.ts'
import type { Settings } from '../../../src/node/config/schema.ts'

const read = (config: Record<string, unknown>): Settings => readSettings(config, 'of the peer')
const PEER = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'
const RELAY = `/ip4/192.0.2.7/tcp/4001/p2p/${PEER}`

describe('the settings of the network', () => {
  it('leave the neighbourhood alone unless told otherwise', () => {
    expect(read({}).discovery).toEqual({ bootstrap: [], mdns: false, peering: [], autoNat: false })
    expect(read({}).swarm).toEqual({
      transports: { tcp: true, websocket: true, quic: false, webrtcDirect: false, relay: false },
      encryption: ['tls', 'noise'],
      relayClient: { enabled: false, staticRelays: [] },
      holePunching: false,
      natPortMap: false,
      addrFilters: [],
      connections: {
        isTrimming: true,
        lowWater: 200,
        highWater: 300,
        gracePeriodMs: 20_000,
        silencePeriodMs: 10_000
      }
    })
  })

  it('are found under the names that Kubo has for them', () => {
    const settings = read({
      Addresses: { Announce: RELAY, AppendAnnounce: [RELAY], NoAnnounce: ['/ip4/10.0.0.0/ipcidr/8'] },
      AutoNAT: { ServiceMode: 'enabled' },
      Bootstrap: ['auto', RELAY],
      Discovery: { MDNS: { Enabled: true } },
      Peering: { Peers: [{ ID: PEER, Addrs: ['/ip4/192.0.2.7/tcp/4001'] }, { ID: PEER }] },
      Swarm: {
        AddrFilters: ['/ip4/10.0.0.0/ipcidr/8', '/ip6/::1'],
        ConnMgr: { Type: 'none', LowWater: 32, HighWater: 96, GracePeriod: '1m', SilencePeriod: '30s' },
        DisableNatPortMap: false,
        EnableHolePunching: true,
        RelayClient: { Enabled: true, StaticRelays: [RELAY] },
        Transports: {
          Network: { TCP: null, Websocket: false, QUIC: true, WebRTCDirect: true },
          Security: { TLS: 300, Noise: 100 }
        }
      }
    })
    expect(settings.addresses).toMatchObject({
      announce: [RELAY],
      appendAnnounce: [RELAY],
      noAnnounce: ['/ip4/10.0.0.0/ipcidr/8']
    })
    expect(settings.discovery).toEqual({
      bootstrap: ['auto', RELAY],
      mdns: true,
      peering: [
        { peer: PEER, addresses: ['/ip4/192.0.2.7/tcp/4001'] },
        { peer: PEER, addresses: [] }
      ],
      autoNat: true
    })
    expect(settings.swarm).toEqual({
      transports: { tcp: true, websocket: false, quic: true, webrtcDirect: true, relay: true },
      encryption: ['noise', 'tls'],
      relayClient: { enabled: true, staticRelays: [RELAY] },
      holePunching: true,
      natPortMap: true,
      addrFilters: ['/ip4/10.0.0.0/ipcidr/8', '/ip6/::1'],
      connections: {
        isTrimming: false,
        lowWater: 32,
        highWater: 96,
        gracePeriodMs: 60_000,
        silencePeriodMs: 30_000
      }
    })
    expect(read({ Swarm: { ConnMgr: { HighWater: 10 } } }).swarm.connections.lowWater).toBe(7)
    expect(read({ Swarm: { Transports: { Security: { Noise: false } } } }).swarm.encryption).toEqual(['tls'])
  })

  it.each<[Record<string, unknown>, string]>([
    [
      { Bootstrap: ['/ip4/192.0.2.7/tcp/4001'] },
      'multiaddrs that end with /p2p/<peer id>, and "/ip4/192.0.2.7/tcp/4001" is none'
    ],
    [{ Bootstrap: 'nobody' }, 'Bootstrap is "nobody": expected multiaddrs that end with /p2p/<peer id>'],
    [{ Peering: { Peers: [{ ID: 'x' }] } }, 'Peering.Peers[0].ID is "x": expected a peer id such as 12D3KooW…'],
    [{ Peering: { Peers: [{ ID: PEER, Addrs: ['x'] }] } }, 'Peering.Peers[0].Addrs is ["x"]: expected multiaddrs'],
    [{ Addresses: { NoAnnounce: ['10.0.0.0/8'] } }, 'Addresses.NoAnnounce is ["10.0.0.0/8"]: expected multiaddrs'],
    [{ Swarm: { AddrFilters: [RELAY] } }, 'expected filters such as /ip4/10.0.0.0/ipcidr/8, and'],
    [{ Swarm: { AddrFilters: ['/ip4/10.0.0.0/ipcidr/33'] } }, 'expected filters such as /ip4/10.0.0.0/ipcidr/8, and'],
    [
      { Swarm: { ConnMgr: { LowWater: 97, HighWater: 96 } } },
      'Swarm.ConnMgr.LowWater is 97: expected 96 or less, which is Swarm.ConnMgr.HighWater'
    ],
    [
      { Swarm: { ConnMgr: { HighWater: 0 } } },
      'Swarm.ConnMgr.HighWater is 0: expected a whole number from 1 to 100000'
    ],
    [{ Swarm: { ConnMgr: { GracePeriod: 20 } } }, 'Swarm.ConnMgr.GracePeriod is 20: expected a duration such as 20s'],
    [{ Swarm: { ConnMgr: { Type: 'fancy' } } }, 'Swarm.ConnMgr.Type is "fancy": expected one of basic, none'],
    [
      { Swarm: { EnableHolePunching: true } },
      'Swarm.EnableHolePunching is true: expected false, or Swarm.RelayClient.Enabled to be true'
    ],
    [
      { Swarm: { RelayClient: { Enabled: true }, Transports: { Network: { Relay: false } } } },
      'Swarm.RelayClient.Enabled is true: expected false, or Swarm.Transports.Network.Relay not to be false'
    ],
    [
      { Swarm: { Transports: { Network: { TCP: false, Websocket: false } } } },
      'Swarm.Transports.Network.TCP is false: expected true: no other transport is on'
    ],
    [{ Swarm: { Transports: { Network: { WebTransport: true } } } }, 'expected false: it is not served here'],
    [
      { Swarm: { Transports: { Security: { TLS: false, Noise: false } } } },
      'Swarm.Transports.Security.TLS is false: expected a number or null: nothing else secures connections'
    ],
    [
      { Swarm: { Transports: { Multiplexers: { Yamux: false } } } },
      'Swarm.Transports.Multiplexers.Yamux is false: expected a number or null'
    ],
    [{ AutoNAT: { ServiceMode: 'on' } }, 'AutoNAT.ServiceMode is "on": expected one of enabled, disabled, legacy-v1']
  ])('%j is refused', (config, message) => {
    expect(() => read(config)).toThrow(message)
    expect(() => read(config)).toThrow('the config of the peer cannot be used: ')
  })
})
