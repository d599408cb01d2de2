import type { HttpNetworkParts } from '../network/http/http-network.ts'
import { HttpNetwork } from '../network/http/http-network.ts'
import type { HttpRetrievalOptions } from '../network/http/http-options.ts'
import { NodeHttp } from '../network/http/node-http.ts'
import { ManyNetworks } from '../network/many-networks.ts'
import type { Network } from '../ports.ts'
import { addressScope } from '../routing/address-scope.ts'
import type { Settings } from './config/schema.ts'
import { packageVersion } from './package-version.ts'

/** In a private swarm nobody outside is asked: what is wanted there is nobody else's business. */
export function httpOptions(
  { httpRetrieval: { enabled, ...options } }: Pick<Settings, 'httpRetrieval'>,
  isPrivate: boolean
): Partial<HttpRetrievalOptions> | undefined {
  return enabled && !isPrivate ? options : undefined
}

/** A network with HTTP gateways as further peers. */
export function withHttp(
  main: Network,
  parts: Pick<HttpNetworkParts, 'clock' | 'logger'>,
  options: Partial<HttpRetrievalOptions>
): Network {
  const port = new NodeHttp({
    userAgent: `barter/${packageVersion()}`,
    insecureTls: options.insecureTls === true,
    scopeOf: addressScope
  })
  return new ManyNetworks(main, [new HttpNetwork({ ...parts, port, scopeOf: addressScope }, options)])
}
