import { BOXO_PARAMETERS, boxoClient } from './boxo/boxo-client.ts'
import { defineClient } from './client-strategy.ts'
import type { SessionParts } from '../../session/session-ports.ts'
import type { BoxoHooks } from './boxo/boxo-hooks.ts'
import type { PeerId } from '../../ids.ts'
import type { ClientHost } from '../../session/session-like.ts'
import { sample } from './base/sample.ts'

type Broadcast = Pick<SessionParts['broadcast'], 'isTarget'>

/** Asks those that answered before or are near, and some others by chance. */
function controlled(
  random: { next(): number },
  settings: { readonly maxPeers: number; readonly maxRandomPeers: number },
  control: () => Broadcast | undefined
): BoxoHooks {
  return {
    targets: (peers) => {
      const isTarget = (peer: PeerId): boolean => control()?.isTarget(peer) !== false
      const targets = peers.filter(isTarget)
      const others = peers.filter((peer) => !isTarget(peer))
      const chosen = [...targets, ...sample(others, settings.maxRandomPeers, random)]
      return settings.maxPeers < 0 ? chosen : chosen.slice(0, settings.maxPeers)
    }
  }
}

/**
 * Boxo's session with Kubo's broadcast control: of those that are connected, only peers that ever had something, peers of
 * the local network and peers that are to stay connected are asked for what nobody is known to have. Which peers these are
 * is for the exchange to say (its `broadcast` options hold as well); peers of a virtual world are local unless it says
 * otherwise.
 */
export const broadcastControl = defineClient({
  name: 'broadcast-control',
  about: "Boxo's session, but only peers that ever answered, or are near, are asked for what nobody is known to have",
  source: 'ipfs/boxo 0.32 and later, on by default in Kubo (pull request 10825)',
  parameters: {
    ...BOXO_PARAMETERS,
    maxPeers: { about: 'peers asked at most; -1 for no limit', unit: 'peers', fallback: -1, min: -1, max: 100_000 },
    maxRandomPeers: { about: 'peers asked besides, by chance', unit: 'peers', fallback: 0, min: 0, max: 100_000 }
  },
  create: (world, settings) => {
    let host: ClientHost | undefined
    const hooks = controlled(world.random, settings, () => host?.parts.broadcast)
    return boxoClient(world, settings, hooks, { attach: (found) => void (host = found) })
  }
})
