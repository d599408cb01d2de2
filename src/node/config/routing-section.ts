import type * as z from 'zod'
import { choice, flag, section, texts } from './keys.ts'
import { ROUTING_TYPES, type RoutingType } from './routing-type.ts'

export interface RoutingConfig {
  readonly type: RoutingType
  /** URLs of `Routing.DelegatedRouters`, before their `/routing/v1`. */
  readonly delegatedRouters: readonly string[]
  /** Let peers of one machine find each other by the DHT of the local network. */
  readonly loopbackOnLanDht: boolean
  /** Blocks are fetched over HTTP as well: who offers them by that alone is of use. */
  readonly overHttp: boolean
  /** Multiaddrs of peers that are taken to have everything (`Barter.Providers`). */
  readonly providers: readonly string[]
}

/** Stands in `Routing.DelegatedRouters` for those that Kubo fetches the names of; here it names none. */
const AUTO = 'auto'

const URLS = 'URLs such as https://router.example'

export const routingSchema = section({
  Type: choice('How providers are found.', ROUTING_TYPES, 'none'),
  DelegatedRouters: texts('Routers over HTTP.', URLS, (text) =>
    text === AUTO || isRouterUrl(text) ? undefined : `${URLS}, and ${JSON.stringify(text)} is none`
  ),
  LoopbackAddressesOnLanDHT: flag('Let peers of one machine find each other by the DHT.', false)
}).prefault({})

export function toRouting(
  values: z.output<typeof routingSchema>,
  { providers, overHttp }: Pick<RoutingConfig, 'providers' | 'overHttp'>
): RoutingConfig {
  return {
    type: values.Type,
    delegatedRouters: values.DelegatedRouters.filter((text) => text !== AUTO).map((text) =>
      new URL(text).href.replace(/\/(routing\/v1(\/.*)?)?$/u, '')
    ),
    loopbackOnLanDht: values.LoopbackAddressesOnLanDHT,
    overHttp,
    providers
  }
}

function isRouterUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/u.test(url.protocol) && url.search === '' && url.hash === ''
}
