import { InvalidParametersError } from '../../errors.ts'
import { isObject, valueAt, type JsonObject } from '../config/json.ts'
import { withValue } from '../config/overrides.ts'
import { DEFAULT_STORAGE } from '../config/storage-section.ts'

/** A named change of a config; names and meaning are Kubo's where it has them. */
export interface Profile {
  readonly description: string
  /** It says where data lies, which cannot be changed in a repo that has some. */
  readonly isForInit?: boolean
  readonly change: (config: JsonObject) => JsonObject
}

/** First of the ports that no well-known service uses. */
const FIRST_DYNAMIC_PORT = 49_152
const DYNAMIC_PORTS = 65_536 - FIRST_DYNAMIC_PORT

/** Ranges that lead nowhere on the public network; those that data centres take for an attack. */
const PRIVATE_RANGES = [
  ...['10.0.0.0/ipcidr/8', '100.64.0.0/ipcidr/10', '169.254.0.0/ipcidr/16', '172.16.0.0/ipcidr/12'],
  ...['192.0.0.0/ipcidr/24', '192.0.2.0/ipcidr/24', '192.168.0.0/ipcidr/16', '198.18.0.0/ipcidr/15'],
  ...['198.51.100.0/ipcidr/24', '203.0.113.0/ipcidr/24', '240.0.0.0/ipcidr/4']
]
  .map((range) => `/ip4/${range}`)
  .concat(['/ip6/100::/ipcidr/64', '/ip6/2001:2::/ipcidr/48', '/ip6/2001:db8::/ipcidr/32', '/ip6/fc00::/ipcidr/7'])
  .concat(['/ip6/fe80::/ipcidr/10'])

export const PROFILES: Readonly<Record<string, Profile>> = {
  test: {
    description: 'loopback only, ports of the moment, nobody contacted, an open API: for tests',
    change: setting({
      'Addresses.Swarm': ['/ip4/127.0.0.1/tcp/0'],
      'Addresses.API': '/ip4/127.0.0.1/tcp/0',
      'Addresses.Gateway': '/ip4/127.0.0.1/tcp/0',
      // Tools that run peers for a test expect an open API.
      'API.RequireToken': false,
      Bootstrap: [],
      'Discovery.MDNS.Enabled': false,
      'Routing.DelegatedRouters': [],
      // Peers of one machine find each other.
      'Routing.LoopbackAddressesOnLanDHT': true
    })
  },
  randomports: {
    description: 'a swarm port of its own, drawn once and then kept',
    change: (config) => {
      const port = FIRST_DYNAMIC_PORT + Math.floor(Math.random() * DYNAMIC_PORTS)
      return withValue(config, ['Addresses', 'Swarm'], [`/ip4/0.0.0.0/tcp/${port}`])
    }
  },
  'default-networking': {
    description: 'addresses and routing as of a new repo: undoes test, randomports and local-only',
    change: setting({
      'Addresses.Swarm': ['/ip4/0.0.0.0/tcp/4001'],
      'Addresses.API': '/ip4/127.0.0.1/tcp/5001',
      'Addresses.Gateway': '/ip4/127.0.0.1/tcp/8080',
      'API.RequireToken': true,
      'Routing.LoopbackAddressesOnLanDHT': false
    })
  },
  'local-only': {
    description: 'addresses only that this machine itself can reach',
    change: setting({ 'Addresses.Swarm': ['/ip4/127.0.0.1/tcp/4001'] })
  },
  server: {
    description: 'for machines with a public address: no private range dialled or told, no search of the local network',
    change: (config) =>
      setting({
        'Addresses.NoAnnounce': union(config, ['Addresses', 'NoAnnounce'], PRIVATE_RANGES),
        'Swarm.AddrFilters': union(config, ['Swarm', 'AddrFilters'], PRIVATE_RANGES),
        'Discovery.MDNS.Enabled': false,
        'Swarm.DisableNatPortMap': true
      })(config)
  },
  'local-discovery': {
    description: 'undoes server, and finds peers on the local network',
    change: (config) =>
      setting({
        'Addresses.NoAnnounce': without(config, ['Addresses', 'NoAnnounce'], PRIVATE_RANGES),
        'Swarm.AddrFilters': without(config, ['Swarm', 'AddrFilters'], PRIVATE_RANGES),
        'Discovery.MDNS.Enabled': true,
        'Swarm.DisableNatPortMap': false
      })(config)
  },
  lowpower: {
    description: 'few connections, no server of the DHT, providing at rest',
    change: setting({
      'Routing.Type': 'autoclient',
      'AutoNAT.ServiceMode': 'disabled',
      'Provide.DHT.Interval': '0s',
      'Swarm.ConnMgr.Type': 'basic',
      'Swarm.ConnMgr.LowWater': 20,
      'Swarm.ConnMgr.HighWater': 40,
      'Swarm.ConnMgr.GracePeriod': '1m'
    })
  },
  'announce-off': {
    description: 'nobody is told what this peer has: only peers that are connected find it',
    change: setting({ 'Provide.Enabled': false, 'Provide.DHT.Interval': '0s' })
  },
  'announce-on': {
    description: 'undoes announce-off',
    change: setting({ 'Provide.Enabled': true, 'Provide.DHT.Interval': '22h' })
  },
  'autoconf-off': {
    description: 'no peer and no router but those that the config names',
    change: (config) =>
      setting({
        Bootstrap: without(config, ['Bootstrap'], ['auto']),
        'Routing.DelegatedRouters': without(config, ['Routing', 'DelegatedRouters'], ['auto'])
      })(config)
  },
  flatfs: {
    description: 'blocks as files in the layout of FlatFS, all else in LevelDB: as a new repo has it',
    isForInit: true,
    change: setting({ 'Barter.Blocks': DEFAULT_STORAGE.blocks, 'Barter.Metadata': DEFAULT_STORAGE.metadata })
  }
}

/**
 * Applies profiles, given as one text with commas, in order. Throws `InvalidParametersError` for a name unknown, and for one
 * that is for a new repo alone when this is none.
 */
export function applyProfiles(config: JsonObject, names: string, { isNew = true } = {}): JsonObject {
  let result = config
  for (const name of names.split(',').map((part) => part.trim())) {
    if (name === '') continue
    const profile = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined
    if (profile === undefined) {
      throw new InvalidParametersError(
        `invalid configuration profile: ${name}: expected some of ${Object.keys(PROFILES).join(', ')}`
      )
    }
    if (profile.isForInit === true && !isNew) {
      throw new InvalidParametersError(
        `cannot apply profile ${name}: where data lies is said by "barter init --profile"`
      )
    }
    result = profile.change(result)
  }
  return result
}

export function merge(config: JsonObject, name: string, values: JsonObject): JsonObject {
  const section = config[name]
  return { ...config, [name]: { ...(isObject(section) ? section : {}), ...values } }
}

function setting(values: JsonObject): Profile['change'] {
  return (config) =>
    Object.entries(values).reduce((result, [key, value]) => withValue(result, key.split('.'), value), config)
}

function listAt(config: JsonObject, path: readonly string[]): readonly unknown[] {
  const value = valueAt(config, path)
  if (Array.isArray(value)) return value
  return typeof value === 'string' && value !== '' ? [value] : []
}

function union(config: JsonObject, path: readonly string[], more: readonly string[]): readonly unknown[] {
  return [...new Set([...listAt(config, path), ...more])]
}

function without(config: JsonObject, path: readonly string[], less: readonly string[]): readonly unknown[] {
  return listAt(config, path).filter((entry) => typeof entry !== 'string' || !less.includes(entry))
}
