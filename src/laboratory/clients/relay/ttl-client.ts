import type { Values } from '../../../engine/strategies/parameters.ts'
import type { CidKey, PeerId } from '../../../ids.ts'
import type { Message } from '../../../message/message.ts'
import type { Client } from '../../../session/session-like.ts'
import { BOXO_PARAMETERS, boxoClient } from '../boxo/boxo-client.ts'
import type { BoxoHooks } from '../boxo/boxo-hooks.ts'
import type { ClientWorld } from '../client-strategy.ts'
import { OwnWants } from './own-wants.ts'
import { Relay } from './relay.ts'
import { RelayStore } from './relay-store.ts'

/** The parameters of clients that pass wants on. */
export const RELAY_PARAMETERS = {
  ...BOXO_PARAMETERS,
  ttl: { about: 'how many peers further a want may be asked', unit: 'peers', fallback: 1, min: 0, max: 255 },
  degree: {
    about: 'peers that are asked for each want that is passed on',
    unit: 'peers',
    fallback: 10,
    min: 1,
    max: 10_000
  },
  store: { about: 'blocks that were passed on are kept', fallback: true },
  relayMs: { about: 'how long a want is passed on at most', unit: 'ms', fallback: 60_000, min: 1, max: 3_600_000 },
  maxRelays: { about: 'wants passed on at a time', unit: 'wants', fallback: 4_096, min: 0, max: 1_000_000 }
} as const

export interface TtlExtras {
  readonly hooks: BoxoHooks
  readonly likely: (key: CidKey) => readonly PeerId[]
  readonly received: (peer: PeerId, message: Message) => void
}

const NOTHING: TtlExtras = { hooks: {}, likely: () => [], received: () => undefined }

/** Boxo's client, whose wants may travel further, and which passes on those of others. */
export function ttlClient(
  world: ClientWorld,
  settings: Values<typeof RELAY_PARAMETERS>,
  { hooks, likely, received }: TtlExtras = NOTHING
): Client {
  const own = new OwnWants()
  let store: RelayStore | undefined
  const relay = new Relay({
    settings,
    random: world.random,
    likely,
    ended: (key) => store?.drop(key),
    isOwn: (key) => own.has(key)
  })
  const ttlOf = (key: CidKey): number => (own.has(key) ? settings.ttl : (relay.ttlOf(key) ?? settings.ttl))
  const client = boxoClient(
    world,
    settings,
    { ...hooks, ...own.hooks },
    {
      attach: (host) => relay.attach(host),
      received: (peer, message) => {
        received(peer, message)
        relay.received(peer, message)
      },
      sending: (_peer, message) => relay.sending(withTtl(message, ttlOf)),
      store: (ofPeer) => {
        if (settings.store) return ofPeer
        store = new RelayStore(ofPeer, (key) => relay.ttlOf(key) !== undefined && !own.has(key))
        return store
      }
    }
  )
  // What is kept for others is not ours: a session of ours does not find it in the store.
  const session: Client['session'] = (parts, hints, fixed) =>
    client.session({ ...parts, blockstore: store?.own ?? parts.blockstore }, hints, fixed)
  return { ...client, session }
}

function withTtl(message: Message, ttlOf: (key: CidKey) => number): Message {
  if (message.wants.length === 0) return message
  const wants = message.wants.map((want) => {
    const ttl = ttlOf(want.key)
    return ttl > 0 ? { ...want, ttl } : want
  })
  return { ...message, wants }
}
