import type { Connection, Stream } from '@libp2p/interface'
import { withDeadline } from '../../network/libp2p/deadline.ts'
import { BITSWAP_PROTOCOLS } from '../../network/libp2p/protocols.ts'
import { systemClock } from '../system-clock.ts'

const PING = '/ipfs/ping/1.0.0'
const PING_BYTES = 32
/** A peer that takes longer to answer is slow, and none that refuses us. */
const PROOF_MS = 5_000

/**
 * False when the peer lets us in only to close the connection as soon as it knows who we are, as one does that banned or
 * denied us. To make it decide now it is spoken to by bitswap; a ping after that it answers only if it stays. One that
 * speaks neither, or is slow, stays until it closes the connection.
 */
export async function proveConnection(connection: Connection, signal?: AbortSignal): Promise<boolean> {
  const deadline = { clock: systemClock, ms: PROOF_MS, what: 'an answer', signal }
  try {
    await withDeadline(deadline, async (inner) => {
      const spoken = await open(connection, BITSWAP_PROTOCOLS, inner)
      await ping(await open(connection, [PING], inner))
      await spoken?.close({ signal: inner })
    })
  } catch {
    // What matters is whether the connection stands.
    signal?.throwIfAborted()
  }
  return connection.status === 'open'
}

/** Undefined when the peer does not speak any of these. */
async function open(
  connection: Connection,
  protocols: readonly string[],
  signal: AbortSignal
): Promise<Stream | undefined> {
  try {
    return await connection.newStream([...protocols], { signal, runOnLimitedConnection: true })
  } catch (error) {
    if (error instanceof Error && error.name === 'UnsupportedProtocolError') return undefined
    throw error
  }
}

async function ping(stream: Stream | undefined): Promise<void> {
  if (stream === undefined) return
  const answered = Promise.withResolvers<undefined>()
  stream.addEventListener('message', () => answered.resolve(undefined))
  stream.addEventListener('close', () => answered.reject(new Error('the stream was closed')))
  stream.send(new Uint8Array(PING_BYTES))
  await answered.promise
  await stream.close()
}
