import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/node/config/config.ts'
import { defaultConfig } from '../../../src/node/config/default-config.ts'
import { changedKeys } from '../../../src/node/config/effective.ts'
import { applyProfiles, PROFILES } from '../../../src/node/repo/profiles.ts'

const NEW = defaultConfig({ PeerID: '12D3KooWTest', PrivKey: 'CAES' })

describe('profiles', () => {
  it.each(Object.keys(PROFILES))('%s makes a config that is right, once and twice', (name) => {
    const once = applyProfiles(NEW, name)
    expect(() => parseConfig(JSON.stringify(once), '/config')).not.toThrow()
    const again = changedKeys(once, applyProfiles(once, name))
    expect(again).toEqual(name === 'randomports' ? ['Addresses.Swarm'] : [])
  })

  it('that undo each other leave what the user set', () => {
    const own = { ...NEW, Swarm: { AddrFilters: ['/ip4/192.0.2.9/ipcidr/32'] }, Strange: { Key: 1 } }
    const server = applyProfiles(own, 'server')
    expect(parseConfig(JSON.stringify(server), '/config').swarm.addrFilters).toContain('/ip4/10.0.0.0/ipcidr/8')
    expect(applyProfiles(server, 'local-discovery')).toMatchObject({ ...own, Discovery: { MDNS: { Enabled: true } } })
    expect(changedKeys(NEW, applyProfiles(NEW, 'announce-off,announce-on'))).toEqual([
      'Provide.Enabled',
      'Provide.DHT.Interval'
    ])
  })

  it('change what they say', () => {
    expect(parseConfig(JSON.stringify(applyProfiles(NEW, 'lowpower')), '/config')).toMatchObject({
      swarm: { connections: { lowWater: 20, highWater: 40 } },
      routing: { type: 'autoclient' }
    })
    expect(parseConfig(JSON.stringify(applyProfiles(NEW, 'announce-off')), '/config').provide.strategy).toBe('none')
    const auto = { ...NEW, Bootstrap: ['auto'] }
    expect(applyProfiles(auto, 'autoconf-off')).toMatchObject({ Bootstrap: [] })
  })

  it('that say where data lies are for new repos', () => {
    expect(() => applyProfiles(NEW, 'flatfs', { isNew: false })).toThrow('cannot apply profile flatfs')
  })
})
