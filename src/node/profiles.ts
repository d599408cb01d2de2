import { InvalidParametersError } from '../errors.ts'
import { isObject, type JsonObject } from './config/json.ts'

type Profile = (config: JsonObject) => JsonObject

/** First of the ports that no well-known service uses. */
const FIRST_DYNAMIC_PORT = 49_152
const DYNAMIC_PORTS = 65_536 - FIRST_DYNAMIC_PORT

/** Named changes to a new config; names and meaning are Kubo's. */
const PROFILES: Readonly<Record<string, Profile>> = {
  /** Loopback only, ports chosen by the system at each start, nobody contacted. */
  test: (config) => ({
    ...merge(config, 'Addresses', {
      Swarm: ['/ip4/127.0.0.1/tcp/0'],
      API: '/ip4/127.0.0.1/tcp/0',
      Gateway: '/ip4/127.0.0.1/tcp/0'
    }),
    // Tools that run peers for a test expect an open API.
    API: { ...section(config, 'API'), RequireToken: false },
    Bootstrap: [],
    Discovery: { MDNS: { Enabled: false } },
    // Peers of one machine find each other.
    Routing: { ...section(config, 'Routing'), DelegatedRouters: [], LoopbackAddressesOnLanDHT: true }
  }),
  /** A swarm port of its own, drawn once and then kept. */
  randomports: (config) => {
    const port = FIRST_DYNAMIC_PORT + Math.floor(Math.random() * DYNAMIC_PORTS)
    return merge(config, 'Addresses', { Swarm: [`/ip4/0.0.0.0/tcp/${port}`] })
  },
  /** Undoes `test` and `randomports`. */
  'default-networking': (config) =>
    merge(config, 'Addresses', {
      Swarm: ['/ip4/0.0.0.0/tcp/4001'],
      API: '/ip4/127.0.0.1/tcp/5001',
      Gateway: '/ip4/127.0.0.1/tcp/8080'
    }),
  /** Addresses only that this machine itself can reach. */
  'local-only': (config) => merge(config, 'Addresses', { Swarm: ['/ip4/127.0.0.1/tcp/4001'] })
}

/** Applies profiles, given as one text with commas, in order. Throws `InvalidParametersError` for a name unknown. */
export function applyProfiles(config: JsonObject, names: string): JsonObject {
  let result = config
  for (const name of names.split(',').map((part) => part.trim())) {
    if (name === '') continue
    const profile = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined
    if (profile === undefined) {
      throw new InvalidParametersError(
        `invalid configuration profile: ${name}: expected some of ${Object.keys(PROFILES).join(', ')}`
      )
    }
    result = profile(result)
  }
  return result
}

export function merge(config: JsonObject, name: string, values: JsonObject): JsonObject {
  return { ...config, [name]: { ...section(config, name), ...values } }
}

function section(config: JsonObject, name: string): JsonObject {
  const value = config[name]
  return isObject(value) ? value : {}
}
