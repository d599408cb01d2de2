/** The values of `Routing.Type`. */
export const ROUTING_TYPES = ['auto', 'autoclient', 'dht', 'dhtclient', 'dhtserver', 'none', 'delegated'] as const

/**
 * `Routing.Type`, as in Kubo. `dht`: both DHTs, a server of the public one while the internet can reach this peer;
 * `dhtclient`, `dhtserver`: always the one or the other. `delegated`: routers over HTTP alone. `auto`, `autoclient`: as
 * `dht`, `dhtclient`, and the routers of `Routing.DelegatedRouters`. Left out, it is `none`: nobody is asked.
 */
export type RoutingType = (typeof ROUTING_TYPES)[number]
