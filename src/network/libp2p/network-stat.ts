/** What crossed the network since it was built. Bytes are bytes on the wire, with the length in front of a message. */
export interface NetworkStat {
  readonly messagesSent: number
  readonly messagesReceived: number
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Items of messages that were dropped because the sender broke a rule. */
  readonly itemFaults: number
  /** Streams that were reset because the peer broke a rule of framing or stopped inside a message. */
  readonly streamFaults: number
  /** Outgoing streams that broke after they had carried messages. */
  readonly streamsLost: number
  /** Received bytes that nobody has dealt with yet, unfinished messages among them. */
  readonly unreadBytes: number
  /** Connected peers that speak bitswap. */
  readonly peers: number
}

/** The counters behind `NetworkStat`. */
export class NetworkCounters {
  messagesSent = 0
  messagesReceived = 0
  bytesSent = 0
  bytesReceived = 0
  itemFaults = 0
  streamFaults = 0
  streamsLost = 0

  snapshot(): Omit<NetworkStat, 'unreadBytes' | 'peers'> {
    const { messagesSent, messagesReceived, bytesSent, bytesReceived, itemFaults, streamFaults, streamsLost } = this
    return { messagesSent, messagesReceived, bytesSent, bytesReceived, itemFaults, streamFaults, streamsLost }
  }
}
