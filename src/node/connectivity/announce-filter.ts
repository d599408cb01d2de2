import type { Multiaddr } from '@multiformats/multiaddr'
import { AddressRanges } from './address-ranges.ts'

/** Takes out the addresses that are never told to others (`Addresses.NoAnnounce`). */
export function announceFilter(noAnnounce: readonly string[]): (addresses: Multiaddr[]) => Multiaddr[] {
  const hidden = new AddressRanges(noAnnounce)
  return (addresses) => addresses.filter((address) => !hidden.covers(address))
}
