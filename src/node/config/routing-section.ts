import { readPeerAddresses } from './address-reader.ts'
import type { ConfigReader } from './reader.ts'
import { ROUTING_TYPES, type RoutingType } from './routing-type.ts'

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
    type: routing.choice('Type', ROUTING_TYPES, 'none'),
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
