import { readMultiaddrs } from './address-reader.ts'
import type { ConfigReader } from './reader.ts'

/** `Addresses`: multiaddrs, as text. */
export interface AddressesConfig {
  /** To listen on for peers. */
  readonly swarm: readonly string[]
  /** To listen on for the HTTP API. */
  readonly api: readonly string[]
  /** Told to peers instead of those listened on. */
  readonly announce: readonly string[]
  /** Told to peers beside those listened on. */
  readonly appendAnnounce: readonly string[]
  /** Never told to peers: addresses, or ranges of them, as in `/ip4/10.0.0.0/ipcidr/8`. */
  readonly noAnnounce: readonly string[]
}

export function readAddresses(config: ConfigReader): AddressesConfig {
  const addresses = config.section('Addresses')
  return {
    swarm: addresses.texts('Swarm'),
    api: addresses.texts('API'),
    announce: readMultiaddrs(addresses, 'Announce'),
    appendAnnounce: readMultiaddrs(addresses, 'AppendAnnounce'),
    noAnnounce: readMultiaddrs(addresses, 'NoAnnounce')
  }
}
