import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseConfig, readConfig, writeConfig } from '../../../src/node/config/config.ts'
import { defaultConfig } from '../../../src/node/config/default-config.ts'
import { applyProfiles, merge } from '../../../src/node/repo/profiles.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const IDENTITY = { PeerID: '12D3KooWTest', PrivKey: 'CAES' }
const TCP = '/ip4/127.0.0.1/tcp/5001'
const PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'
const UNIX = '/unix/run/barter.sock'
const parse = (value: unknown): ReturnType<typeof parseConfig> => parseConfig(JSON.stringify(value), '/repo/config')

describe('a config', () => {
  it('has the keys that users of Kubo know', () => {
    expect(defaultConfig(IDENTITY)).toMatchObject({
      Identity: IDENTITY,
      Addresses: { Swarm: ['/ip4/0.0.0.0/tcp/4001'], API: '/ip4/127.0.0.1/tcp/5001' },
      API: { HTTPHeaders: {}, Authorizations: null },
      Bootstrap: [],
      Routing: { Type: 'auto' },
      Datastore: { StorageMax: '10GB' }
    })
  })

  it('is read', () => {
    expect(parse(defaultConfig(IDENTITY))).toMatchObject({
      identity: IDENTITY,
      addresses: { swarm: ['/ip4/0.0.0.0/tcp/4001'], api: ['/ip4/127.0.0.1/tcp/5001'] },
      bitswap: { serverEnabled: true },
      storage: { blocks: 'fs:blocks', metadata: 'level:datastore', storageMax: '10GB' }
    })
  })

  it.each([
    ['a list of API addresses', { Addresses: { API: [TCP, UNIX] } }, { addresses: { api: [TCP, UNIX] } }],
    [
      'addresses that only other programs can serve',
      { Addresses: { Swarm: ['/ip6/::/udp/4001/quic-v1/webtransport', '/p2p-circuit'] } },
      { addresses: { swarm: ['/ip6/::/udp/4001/quic-v1/webtransport', '/p2p-circuit'] } }
    ],
    ['no addresses at all', { Addresses: null }, { addresses: { swarm: [], api: [] } }],
    ['a flag left to the default', { Bitswap: { ServerEnabled: null } }, { bitswap: { serverEnabled: true } }],
    ['a flag', { Bitswap: { ServerEnabled: false } }, { bitswap: { serverEnabled: false } }],
    ['a number for a size', { Datastore: { StorageMax: 1_000 } }, { storage: { storageMax: '1000' } }],
    [
      'other stores',
      { Barter: { Blocks: 'fs:/data' } },
      { storage: { blocks: 'fs:/data', metadata: 'level:datastore' } }
    ]
  ])('may have %s', (_what, part, expected) => {
    expect(parse({ Identity: IDENTITY, ...part })).toMatchObject(expected)
  })

  it.each([
    ['nothing in it', '', 'it is not JSON'],
    ['its end cut off', JSON.stringify(defaultConfig(IDENTITY)).slice(0, 200), 'it is not JSON'],
    ['a list', '[]', 'it is not a JSON object'],
    ['no identity', '{}', 'Identity.PeerID is missing: expected a text'],
    ['a section of another kind', '{"Identity":1}', 'Identity is 1: expected an object'],
    ['a key of another kind', '{"Identity":{"PeerID":1}}', 'Identity.PeerID is 1: expected a text'],
    [
      'a key that no error may show',
      '{"Identity":{"PeerID":"x","PrivKey":77}}',
      'Identity.PrivKey is missing or wrong: expected a text'
    ],
    [
      'a listen address of another kind',
      JSON.stringify({ Identity: IDENTITY, Addresses: { Swarm: [1] } }),
      'Addresses.Swarm is [1]: expected a text or a list of texts'
    ],
    [
      'a flag of another kind',
      JSON.stringify({ Identity: IDENTITY, Bitswap: { ServerEnabled: 'yes' } }),
      'Bitswap.ServerEnabled is "yes": expected true, false or null'
    ],
    [
      'several things wrong',
      JSON.stringify({ Identity: IDENTITY, Bitswap: { ServerEnabled: 1 }, Swarm: { ConnMgr: { HighWater: 0 } } }),
      'Bitswap.ServerEnabled is 1: expected true, false or null\n' +
        '  and Swarm.ConnMgr.HighWater is 0: expected a whole number from 1 to 100000'
    ],
    [
      'an open API for everybody',
      JSON.stringify({ Identity: IDENTITY, API: { RequireToken: false }, Addresses: { API: '/ip4/0.0.0.0/tcp/1' } }),
      'API.RequireToken is false: expected true, or Addresses.API on loopback alone'
    ]
  ])('with %s is refused, by name', (_what, text, message) => {
    expect(() => parseConfig(text, '/repo/config')).toThrow(`the config /repo/config cannot be used: ${message}`)
  })

  it.each([
    [{ Limit: { Upload: 1 } }, 'Barter.Limit is no known key: did you mean Barter.Limits?'],
    [{ policy: { Deny: [] } }, 'Barter.policy is no known key: did you mean Barter.Policy?'],
    [
      { Limits: { UplaodPerPeer: 1 } },
      'Barter.Limits.UplaodPerPeer is no known key: did you mean Barter.Limits.UploadPerPeer?'
    ],
    [{ Policy: { Denied: [] } }, 'Barter.Policy.Denied is no known key: did you mean Barter.Policy.Deny?'],
    [
      { Policy: { Deny: [{ Cid: 'x' }] } },
      'Barter.Policy.Deny[0].Cid is no known key: did you mean Barter.Policy.Deny[0].CID?'
    ]
  ])('with a slip of the pen in a key of ours, %j, is refused, and what was meant is named', (Barter, message) => {
    expect(() => parse({ Identity: IDENTITY, Barter })).toThrow(message)
    expect(() => parse({ Identity: IDENTITY, Bitswap: Barter, Unknown: Barter })).not.toThrow()
  })

  it.each([
    [{ Swarm: ['/ip4/0.0.0.0/tcp'] }, 'Addresses.Swarm is ["/ip4/0.0.0.0/tcp"]: expected multiaddrs with a port'],
    [
      { Swarm: '/ip4/10.0.0.0/ipcidr/8' },
      'Addresses.Swarm is "/ip4/10.0.0.0/ipcidr/8": expected multiaddrs with a port'
    ],
    [{ Swarm: [TCP, `${TCP}/p2p/${PEER}`] }, `and "${TCP}/p2p/${PEER}" is none`],
    [
      { API: 'localhost:5001' },
      'Addresses.API is "localhost:5001": expected addresses such as /ip4/127.0.0.1/tcp/5001'
    ],
    [{ API: '/ip4/127.0.0.1/udp/5001' }, 'and "/ip4/127.0.0.1/udp/5001" is none'],
    [{ Gateway: UNIX }, `Addresses.Gateway is "${UNIX}": expected addresses of TCP such as /ip4/127.0.0.1/tcp/8080`],
    [
      { Announce: ['/ip4/10.0.0.0/ipcidr/8'] },
      'Addresses.Announce is ["/ip4/10.0.0.0/ipcidr/8"]: expected multiaddrs of'
    ],
    [{ AppendAnnounce: ['peer.example'] }, 'Addresses.AppendAnnounce is ["peer.example"]: expected multiaddrs of']
  ])('with the address %j is refused, by key, value and what would do', (Addresses, message) => {
    expect(() => parse({ Identity: IDENTITY, Addresses })).toThrow(message)
  })

  it.each(['foo:bar', 'blocks', ['memory:', 'foo:bar']])(
    'with blocks at %j, which is no place, is refused',
    (Blocks) => {
      expect(() => parse({ Identity: IDENTITY, Barter: { Blocks } })).toThrow(/Barter\.Blocks.*such as fs:blocks/u)
    }
  )

  it.each([
    [
      { Swarm: { ConnMgr: { LowWater: 9, HighWater: 8 } } },
      'LowWater is 9: expected 8 or less, which is Swarm.ConnMgr.HighWater'
    ],
    [
      { Barter: { Limits: { Upload: '1MB', UploadPerPeer: '2MB' } } },
      'Barter.Limits.UploadPerPeer is "2MB": expected 1000000 or less, which is Barter.Limits.Upload'
    ],
    [
      { Barter: { Limits: { Download: 10, Peers: [{ Peer: PEER, Download: 11 }] } } },
      'Barter.Limits.Peers[0].Download is 11: expected 10 or less, which is Barter.Limits.Download'
    ],
    [
      { Gateway: { RetrievalTimeout: '2m', MaxRequestDuration: '1m' } },
      'Gateway.RetrievalTimeout is "2m": expected 60s or less, which is Gateway.MaxRequestDuration'
    ],
    [
      { Gateway: { MaxRequestDuration: '10s' } },
      'Gateway.RetrievalTimeout is "30s" by default: expected 10s or less, which is Gateway.MaxRequestDuration'
    ],
    [
      { HTTPRetrieval: { Allowlist: ['a.example', 'b.example'], Denylist: ['b.example'] } },
      'HTTPRetrieval.Denylist is ["b.example"]: expected hosts that are not in HTTPRetrieval.Allowlist, and b.example is'
    ],
    [
      { Addresses: { API: TCP, Gateway: '/ip4/0.0.0.0/tcp/5001' } },
      `Addresses.Gateway is "/ip4/0.0.0.0/tcp/5001": expected another port than that of Addresses.API, which is ${TCP}`
    ],
    [
      { Addresses: { Swarm: ['/ip4/0.0.0.0/tcp/5001'], API: TCP } },
      'expected another port than that of Addresses.Swarm, which is /ip4/0.0.0.0/tcp/5001'
    ],
    [
      { Barter: { Blocks: 'level:./datastore' } },
      'Barter.Metadata is "level:datastore" by default: expected another directory than that of Barter.Blocks'
    ],
    [
      { Barter: { Stores: { Pins: 'level:x', Peers: 'level:x?cache=1MB' } } },
      'Barter.Stores.Pins is "level:x": expected another directory than that of Barter.Stores.Peers, which is x'
    ],
    [
      { Barter: { Metadata: 'fs:datastore' } },
      'Barter.Metadata is "fs:datastore": expected a storage specification such as level:'
    ]
  ])('with %j, which contradicts itself, is refused, and both keys are named', (part, message) => {
    expect(() => parse({ Identity: IDENTITY, ...part })).toThrow(message)
  })

  it('may have the port of the moment several times, and limits of which one is none', () => {
    const moment = '/ip4/127.0.0.1/tcp/0'
    const Addresses = { Swarm: [moment], API: moment, Gateway: moment }
    const Limits = { Upload: 0, UploadPerPeer: 1, Peers: [{ Peer: PEER, Upload: 2 }] }
    expect(() => parse({ Identity: IDENTITY, Addresses, Barter: { Limits } })).not.toThrow()
  })

  it('keeps keys that nobody here knows when it is written again', async () => {
    const path = join(await temporaryDirectory(), 'config')
    await writeConfig(path, { ...defaultConfig(IDENTITY), Pubsub: { Router: 'x' } })
    const { source } = await readConfig(path)
    await writeConfig(path, merge(source, 'Bitswap', { ServerEnabled: false }))
    expect((await readConfig(path)).source).toMatchObject({
      Pubsub: { Router: 'x' },
      Bitswap: { ServerEnabled: false }
    })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('that is missing or no file is refused', async () => {
    const folder = await temporaryDirectory()
    await expect(readConfig(join(folder, 'config'))).rejects.toMatchObject({ code: 'ERR_REPO_CONFIG' })
    await expect(readConfig(folder)).rejects.toThrow('it cannot be read')
    await writeFile(join(folder, 'file'), '')
    await expect(readConfig(join(folder, 'file', 'config'))).rejects.toThrow('it cannot be read')
  })
})

describe('a profile', () => {
  const swarm = (names: string): unknown => parse(applyProfiles(defaultConfig(IDENTITY), names)).addresses.swarm

  it('test listens on loopback, with ports of the moment', () => {
    const config = applyProfiles(defaultConfig(IDENTITY), 'test')
    expect(config).toMatchObject({
      Addresses: { Swarm: ['/ip4/127.0.0.1/tcp/0'], API: '/ip4/127.0.0.1/tcp/0' },
      Bootstrap: []
    })
  })

  it('randomports draws a port', () => {
    const [address] = swarm('randomports') as string[]
    const port = Number(/^\/ip4\/0\.0\.0\.0\/tcp\/(\d+)$/u.exec(address ?? '')?.[1])
    expect(port).toBeGreaterThanOrEqual(49_152)
    expect(port).toBeLessThan(65_536)
  })

  it('may be one of several, applied in order', () => {
    expect(swarm('test, local-only,')).toEqual(['/ip4/127.0.0.1/tcp/4001'])
    expect(swarm('test,default-networking')).toEqual(['/ip4/0.0.0.0/tcp/4001'])
    expect(swarm('')).toEqual(['/ip4/0.0.0.0/tcp/4001'])
  })

  it.each(['nothing', 'toString', 'test,Test'])('"%s" is unknown, and the known ones are told', (names) => {
    expect(() => applyProfiles({}, names)).toThrow(
      /invalid configuration profile: .*: expected some of test, randomports/u
    )
  })
})
