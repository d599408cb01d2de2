import type { PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import { passedOn } from '../../network/passed-on.ts'
import type { MaybePromise, Network, NetworkEvents } from '../../ports.ts'

/** What is done to what comes and goes between an exchange and its network. */
export interface Tampering {
  connected?(peer: PeerId): void
  disconnected?(peer: PeerId): void
  /** What the exchange is told of a message that came. */
  received?(peer: PeerId, message: Message): Message
  stopped?(): void
}

/** A network that is another one, but for the tampering. */
export function tamperedNetwork(inner: Network, tampering: Tampering): Network {
  return {
    start: (events) => inner.start(tamperedEvents(events, tampering)),
    stop: () => {
      tampering.stopped?.()
      return inner.stop()
    },
    send: (peer, message, options) => inner.send(peer, message, options),
    connect: (provider, options) => inner.connect(provider, options),
    latencyMs: (peer) => inner.latencyMs(peer),
    expel: (peer, reason) => inner.expel(peer, reason)
  }
}

function tamperedEvents(events: NetworkEvents, tampering: Tampering): NetworkEvents {
  return {
    ...passedOn(events),
    connected: (peer, features) => {
      events.connected(peer, features)
      tampering.connected?.(peer)
    },
    disconnected: (peer) => {
      tampering.disconnected?.(peer)
      events.disconnected(peer)
    },
    received: (peer, message): MaybePromise<void> => {
      return events.received(peer, tampering.received?.(peer, message) ?? message)
    }
  }
}

/** The message without what its sender wants: for exchanges that serve nobody. */
export function withoutWants(message: Message): Message {
  if (message.wants.length === 0 && message.cancels.length === 0) return message
  return { ...message, full: false, wants: [], cancels: [] }
}
