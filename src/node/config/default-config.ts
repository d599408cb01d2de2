import type { Identity } from '../repo/identity.ts'
import type { JsonObject } from './json.ts'

/** The smallest config that Barter, and a user of Kubo, are at home with. */
export function defaultConfig(identity: Identity): JsonObject {
  return {
    Identity: { ...identity },
    Addresses: {
      Swarm: ['/ip4/0.0.0.0/tcp/4001'],
      Announce: [],
      AppendAnnounce: [],
      NoAnnounce: [],
      API: '/ip4/127.0.0.1/tcp/5001',
      Gateway: '/ip4/127.0.0.1/tcp/8080'
    },
    API: { HTTPHeaders: {}, Authorizations: null },
    Bootstrap: [],
    Peering: { Peers: null },
    Discovery: { MDNS: { Enabled: false } },
    Routing: { Type: 'auto', DelegatedRouters: [] },
    Bitswap: {},
    Internal: { Bitswap: {} },
    Datastore: { StorageMax: '10GB', StorageGCWatermark: 90, GCPeriod: '1h', BloomFilterSize: 0 },
    Swarm: { ConnMgr: {}, ResourceMgr: {}, AddrFilters: null },
    Provide: {},
    Gateway: {},
    Plugins: { Plugins: {} }
  }
}
