import { readPeerAddresses } from './address-reader.ts'
import type { ConfigReader } from './reader.ts'

const TYPES = ['auto', 'autoclient', 'dht', 'dhtclient', 'dhtserver', 'none', 'delegated'] as const

/**
 * `Routing.Type`, as in Kubo. `dht`: both DHTs, a server of the public one while the internet can reach this peer;
 * `dhtclient`, `dhtserver`: always the one or the other. `delegated`: routers over HTTP alone. `auto`, `autoclient`: as
 * `dht`, `dhtclient`, and the routers of `Routing.DelegatedRouters`. Left out, it is `none`: nobody is asked.
 */
export type RoutingType = (typeof TYPES)[number]

export interface RoutingConfig {
  readonly type: RoutingType
  /** URLs of `Routing.DelegatedRouters`, before their `/routing/v1`. */
  readonly delegatedRouters: readonly string[]
  /** Let peers of one machine find each other by the DHT of the local network. */
  readonly loopbackOnLanDht: boolean
  /** Multiaddrs of peers that are taken to have everything (`Barter.Providers`). */
  readonly providers: readonly string[]
}

/** Stands in `Routing.DelegatedRouters` for those that Kubo fetches the names of; here it names none. */
const AUTO = 'auto'

export function readRouting(config: ConfigReader): RoutingConfig {
  const routing = config.section('Routing')
  return {
    type: routing.choice('Type', TYPES, 'none'),
    delegatedRouters: readUrls(routing, 'DelegatedRouters'),
    loopbackOnLanDht: routing.flag('LoopbackAddressesOnLanDHT', false),
    providers: readPeerAddresses(config.section('Barter'), 'Providers')
  }
}

function readUrls(section: ConfigReader, key: string): readonly string[] {
  const urls = section.texts(key).filter((text) => text !== AUTO)
  return urls.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/u.test(url.protocol) || url.search !== '' || url.hash !== '') {
      throw section.wrong(key, `URLs such as https://router.example, and ${JSON.stringify(text)} is none`)
    }
    return url.href.replace(/\/(routing\/v1(\/.*)?)?$/u, '')
  })
}
