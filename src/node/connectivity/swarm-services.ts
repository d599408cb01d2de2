import { autoNAT } from '@libp2p/autonat'
import { dcutr } from '@libp2p/dcutr'
import { uPnPNAT } from '@libp2p/upnp-nat'
import type { Settings } from '../config/schema.ts'

/** The helpers with getting through to and from the public network that the config switches on. */
export function swarmServices({ swarm, discovery }: Settings) {
  return {
    ...(discovery.autoNat ? { autoNat: autoNAT() } : {}),
    ...(swarm.holePunching ? { dcutr: dcutr() } : {}),
    // Without AutoNAT nobody could confirm the address that the router gives.
    ...(swarm.natPortMap ? { upnp: uPnPNAT({ autoConfirmAddress: !discovery.autoNat }) } : {})
  }
}
