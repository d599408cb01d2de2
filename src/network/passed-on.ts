import type { NetworkEvents } from '../ports.ts'

/**
 * The same events as an object of its own, to be changed by whoever stands between a network and its exchange. A spread
 * would lose them: what takes the events may be an object with methods.
 */
export function passedOn(events: NetworkEvents): NetworkEvents {
  return {
    connected: (peer, features) => events.connected(peer, features),
    disconnected: (peer) => events.disconnected(peer),
    received: (peer, message) => events.received(peer, message),
    receiving: (peer, part) => events.receiving?.(peer, part),
    streamLost: (peer) => events.streamLost(peer),
    faulted: (peer, count) => events.faulted(peer, count),
    struck: (peer, reason) => events.struck(peer, reason),
    admits: (peer) => events.admits(peer),
    worth: (peer) => events.worth(peer)
  }
}
