import { InvalidParametersError } from '../../errors.ts'
import { MAX_MESSAGE_MS } from '../../message/limits.ts'

const KIB = 1024
const MIB = 1024 * KIB

export interface Libp2pNetworkOptions {
  /** Also talk over relayed connections, which are limited in bytes and time. */
  readonly limitedConnections: boolean
  /** Bitswap streams of one connection, each way and for each protocol id. Kubo opens one for every answer. */
  readonly maxStreamsPerConnection: number
  /** Time to open a connection and agree on bitswap, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Time to open a stream on a connection that stands. */
  readonly openStreamTimeoutMs: number
  /** When a peer connects anew: time its older connections get for a sign of life before they are closed. */
  readonly reconnectAnswerMs: number
  /** Time to end a stream properly; after it the stream is reset. */
  readonly closeTimeoutMs: number
  /** A quiet outgoing stream is closed after this, so that libp2p may close a connection that nobody uses. */
  readonly idleStreamMs: number
  /** Messages that wait for one peer; a send beyond is refused. */
  readonly maxQueuedMessages: number
  /** Bytes that wait for one peer; a send beyond is refused. */
  readonly maxQueuedBytes: number
  /** Bytes handed to the stream ahead of what the transport took, so that it never runs dry. */
  readonly writeAheadBytes: number
  /** Bytes handed to the stream in one call. */
  readonly writeBytes: number
  /** Received bytes of one peer that may be unread before it is slowed down. 12 MiB more are not held. */
  readonly maxUnreadBytesPerPeer: number
  /** The same for all peers together that were asked for blocks. A quarter more is not held. */
  readonly maxUnreadBytes: number
  /** The same for all others together: they have little to say, and anybody can be one. Half of it for one of them. */
  readonly maxUnaskedBytes: number
  /**
   * Longest time for 64 KiB of a message, or what is left of it, to be taken by a peer or to come from it. Then a peer that
   * takes less is cut off, and a stream that brings less is reset.
   */
  readonly headwayMs: number
  /** Longest silence of a peer inside a message. Between messages it may be silent as long as it likes. */
  readonly frameStallMs: number
  /** Longest time for one message to come, however it gets on. */
  readonly frameTimeoutMs: number
  /** What the connection to the best of partners is worth to libp2p when it has to close some (0–100). */
  readonly partnerTagValue: number
}

export const DEFAULT_NETWORK_OPTIONS: Libp2pNetworkOptions = {
  limitedConnections: false,
  maxStreamsPerConnection: 1024,
  connectTimeoutMs: 15_000,
  openStreamTimeoutMs: 10_000,
  reconnectAnswerMs: 4_000,
  closeTimeoutMs: 5_000,
  idleStreamMs: 60_000,
  maxQueuedMessages: 1024,
  maxQueuedBytes: 16 * MIB,
  writeAheadBytes: MIB,
  writeBytes: MIB,
  maxUnreadBytesPerPeer: 8 * MIB,
  maxUnreadBytes: 128 * MIB,
  maxUnaskedBytes: 16 * MIB,
  headwayMs: 60_000,
  frameStallMs: 10_000,
  frameTimeoutMs: MAX_MESSAGE_MS,
  partnerTagValue: 40
}

/** Fills in the defaults. Throws `InvalidParametersError` that names a field which is unknown or no number above 0. */
export function resolveNetworkOptions(init: Partial<Libp2pNetworkOptions> = {}): Libp2pNetworkOptions {
  for (const [name, value] of Object.entries(init)) {
    if (!(name in DEFAULT_NETWORK_OPTIONS)) throw new InvalidParametersError(`unknown network option ${name}`)
    const isSwitch = name === 'limitedConnections'
    if (isSwitch ? typeof value !== 'boolean' : !(typeof value === 'number' && value > 0)) {
      const expected = isSwitch ? 'true or false' : 'a number above 0'
      throw new InvalidParametersError(`network option ${name} is ${String(value)}: expected ${expected}`)
    }
  }
  return { ...DEFAULT_NETWORK_OPTIONS, ...init }
}
