import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/node/config/config.ts'
import { changedKeys, effectiveEntries } from '../../../src/node/config/effective.ts'
import { KNOWN_KEYS } from '../../../src/node/config/known-keys.ts'
import type { Override } from '../../../src/node/config/override.ts'
import { environmentOverrides, flagOverrides } from '../../../src/node/config/overrides.ts'

const IDENTITY = { PeerID: '12D3KooWTest', PrivKey: 'planted-private-key' }
const parse = (config: Record<string, unknown>, overrides: readonly Override[] = []) =>
  parseConfig(JSON.stringify({ Identity: IDENTITY, ...config }), '/repo/config', overrides)

describe('a variable', () => {
  it('is there for every key but those of the identity, under a name of its own', () => {
    const names = KNOWN_KEYS.map(({ variable }) => variable)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('BARTER_SWARM_CONNMGR_HIGHWATER')
    expect(names).toContain('BARTER_LIMITS_UPLOAD')
    expect(environmentOverrides({ BARTER_IDENTITY_PRIVKEY: 'x' })).toEqual([])
    for (const { variable, description, kind } of KNOWN_KEYS) {
      expect([variable, description, kind].every((text) => text.length > 3)).toBe(true)
      expect(description).not.toContain('\n')
    }
  })

  it.each([
    ['BARTER_SWARM_CONNMGR_HIGHWATER', '7', { swarm: { connections: { highWater: 7 } } }],
    ['BARTER_BITSWAP_SERVERENABLED', 'false', { bitswap: { serverEnabled: false } }],
    ['BARTER_BITSWAP_SERVERENABLED', '1', { bitswap: { serverEnabled: true } }],
    [
      'BARTER_ADDRESSES_SWARM',
      '/ip4/1.2.3.4/tcp/1, /ip4/1.2.3.4/tcp/2',
      { addresses: { swarm: ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'] } }
    ],
    ['BARTER_ADDRESSES_SWARM', '[]', { addresses: { swarm: [] } }],
    ['BARTER_LIMITS_UPLOAD', '10MB', { bitswap: { options: { limits: { upload: 10_000_000 } } } }],
    ['BARTER_LOG_LEVELS', '{"libp2p":"info"}', { log: { levels: { libp2p: 'info' } } }],
    ['BARTER_ROUTING_TYPE', '', { routing: { type: 'dht' } }],
    ['BARTER_ROUTING_TYPE', 'null', { routing: { type: 'none' } }],
    ['GOLOG_LOG_LEVEL', 'INFO,dht=debug', { log: { level: 'info', levels: { dht: 'debug' } } }],
    ['GOLOG_LOG_FMT', 'json', { log: { format: 'json' } }],
    ['GOLOG_FILE', '/var/log/barter', { log: { file: '/var/log/barter' } }],
    [
      'IPFS_HTTP_ROUTERS',
      'https://a.example,https://b.example',
      { routing: { delegatedRouters: expect.arrayContaining(['https://b.example']) as unknown } }
    ]
  ])('%s=%s goes before the file', (name, value, expected) => {
    const file = {
      Addresses: { Swarm: ['/ip4/1.2.3.4/tcp/4001'] },
      Routing: { Type: 'dht' },
      Swarm: { ConnMgr: { HighWater: 300 } }
    }
    expect(parse(file, environmentOverrides({ [name]: value }))).toMatchObject(expected)
  })

  it('that is wrong is named, with what was expected', () => {
    const overrides = environmentOverrides({ BARTER_SWARM_CONNMGR_HIGHWATER: 'many' })
    expect(() => parse({}, overrides)).toThrow(
      'Swarm.ConnMgr.HighWater, set by BARTER_SWARM_CONNMGR_HIGHWATER, is "many": expected a whole number from 1'
    )
  })

  it('that nobody knows is told of, unless it is no setting', () => {
    const warnings: string[] = []
    environmentOverrides({ BARTER_SWARM_CONMGR_HIGHWATER: '1', BARTER_PATH: '/x', OTHER: '1' }, (line) =>
      warnings.push(line)
    )
    expect(warnings).toEqual([
      'the variable BARTER_SWARM_CONMGR_HIGHWATER sets nothing. Did you mean BARTER_SWARM_CONNMGR_HIGHWATER?'
    ])
  })
})

describe('--set', () => {
  it('goes before the environment', () => {
    const overrides = [
      ...environmentOverrides({
        BARTER_SWARM_CONNMGR_HIGHWATER: '7',
        GOLOG_LOG_LEVEL: 'info',
        BARTER_LOG_LEVEL: 'error'
      }),
      ...flagOverrides(['Swarm.ConnMgr.HighWater=8', 'Addresses.Announce=/ip4/1.2.3.4/tcp/1'])
    ]
    const config = parse({ Strange: { Key: 1 } }, overrides)
    expect(config).toMatchObject({
      swarm: { connections: { highWater: 8 } },
      addresses: { announce: ['/ip4/1.2.3.4/tcp/1'] },
      log: { level: 'error' },
      source: { Identity: IDENTITY, Strange: { Key: 1 } }
    })
    const entries = new Map(effectiveEntries(config).map((entry) => [entry.key, entry]))
    expect(entries.get('Swarm.ConnMgr.HighWater')).toEqual({
      key: 'Swarm.ConnMgr.HighWater',
      value: 8,
      origin: 'flag',
      source: '--set Swarm.ConnMgr.HighWater',
      isLive: true
    })
    expect(entries.get('Barter.Log.Level')).toMatchObject({ origin: 'environment', source: 'BARTER_LOG_LEVEL' })
    expect(entries.get('Strange.Key')).toMatchObject({
      value: 1,
      origin: 'file',
      source: '/repo/config',
      isLive: false
    })
    expect(entries.get('Swarm.ConnMgr.LowWater')).toMatchObject({ value: 'two thirds of HighWater', origin: 'default' })
    expect(JSON.stringify([...entries])).not.toContain('planted')
  })

  it.each([
    ['Swarm.ConnMgr.HighWater', 'expected Key.Path=value'],
    ['Swarm.ConnMgr.Highwater=1', 'a flag is for this program alone. Did you mean Swarm.ConnMgr.HighWater?'],
    ['Foo.Bar=1', /no such key, and a flag is for this program alone$/u],
    ['Identity.PrivKey=x', /no such key, and a flag is for this program alone$/u]
  ])('%s is refused', (setting, message) => {
    expect(() => flagOverrides([setting])).toThrow(message)
  })
})

it('keys that changed are told, known or not', () => {
  const before = { Swarm: { ConnMgr: { HighWater: 1 } }, Strange: { A: 1 }, Peering: { Peers: null } }
  const after = { Swarm: { ConnMgr: { HighWater: 2 } }, Strange: { B: 1 }, Peering: {} }
  expect(changedKeys(before, after)).toEqual(['Swarm.ConnMgr.HighWater', 'Strange.A', 'Strange.B'])
})
