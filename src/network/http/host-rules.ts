import type { HttpEndpoint } from './http-endpoint.ts'
import type { HttpRetrievalOptions } from './http-options.ts'

/** Who can reach an address: this machine alone, its own network, or everybody. */
export type Scope = 'loopback' | 'private' | 'public'

/**
 * May blocks be fetched there? A host of this machine or a private network only if our owner named it, in the list or as
 * the provider of a request: else a record in the DHT could have this peer knock at doors that are closed to its author.
 * Without encryption, nothing is asked of hosts beyond, where whoever is on the way would learn what is wanted.
 */
export function whyNotFetched(
  { host, isSecure }: HttpEndpoint,
  scope: Scope,
  { allowlist, denylist }: Pick<HttpRetrievalOptions, 'allowlist' | 'denylist'>,
  isNamed: boolean
): string | undefined {
  if (denylist.includes(host)) return `${host} is in HTTPRetrieval.Denylist`
  const isListed = allowlist.includes(host)
  if (allowlist.length > 0 && !isListed) return `${host} is not in HTTPRetrieval.Allowlist`
  if (scope === 'public') return isSecure ? undefined : `${host} is asked over https alone`
  return isListed || isNamed ? undefined : `${host} is on a private network: name it in HTTPRetrieval.Allowlist`
}
