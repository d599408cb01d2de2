import type * as z from 'zod'
import {
  ADDRESS_KINDS,
  apiComplaint,
  gatewayComplaint,
  multiaddrComplaint,
  swarmComplaint,
  toldComplaint
} from './address-kinds.ts'
import { section, texts } from './keys.ts'

/** `Addresses`: multiaddrs, as text. */
export interface AddressesConfig {
  /** To listen on for peers. */
  readonly swarm: readonly string[]
  /** To listen on for the HTTP API. */
  readonly api: readonly string[]
  /** To listen on for the gateway; empty for none. */
  readonly gateway: readonly string[]
  /** Told to peers instead of those listened on. */
  readonly announce: readonly string[]
  /** Told to peers beside those listened on. */
  readonly appendAnnounce: readonly string[]
  /** Never told to peers: addresses, or ranges of them, as in `/ip4/10.0.0.0/ipcidr/8`. */
  readonly noAnnounce: readonly string[]
}

const told = (description: string) => texts(description, ADDRESS_KINDS.told, toldComplaint)

export const addressesSchema = section({
  Swarm: texts(
    'Addresses to listen on for peers; those that cannot be served are skipped with a word.',
    ADDRESS_KINDS.swarm,
    swarmComplaint
  ),
  API: texts('Where the HTTP API listens.', ADDRESS_KINDS.api, apiComplaint),
  Gateway: texts('Where the gateway listens; empty for none.', ADDRESS_KINDS.gateway, gatewayComplaint),
  Announce: told('Told to peers instead of the addresses listened on.'),
  AppendAnnounce: told('Told to peers beside the addresses listened on.'),
  NoAnnounce: texts(
    'Never told to peers: addresses, or ranges such as /ip4/10.0.0.0/ipcidr/8.',
    ADDRESS_KINDS.multiaddr,
    multiaddrComplaint
  )
}).prefault({})

export function toAddresses(values: z.output<typeof addressesSchema>): AddressesConfig {
  return {
    swarm: values.Swarm,
    api: values.API,
    gateway: values.Gateway,
    announce: values.Announce,
    appendAnnounce: values.AppendAnnounce,
    noAnnounce: values.NoAnnounce
  }
}
