import type { Connection } from '@libp2p/interface'
import type { Clock, Logger } from '../../ports.ts'
import { DeadlineError, withDeadline } from './deadline.ts'
import type { Libp2pParts } from './parts.ts'

export interface OlderConnectionsParts {
  readonly libp2p: Pick<Libp2pParts, 'getConnections'>
  readonly clock: Clock
  readonly logger: Logger
  /** Time to answer, in milliseconds. */
  readonly answerMs: number
}

/** Any peer answers when asked for it, if only that it does not speak it. */
const PING = '/ipfs/ping/1.0.0'

/**
 * A peer that connects anew may have lost the connection that we still hold: it crashed, moved, or a router on the way
 * forgot it. What we send there vanishes without a word, until libp2p's own pings fail, which takes half a minute. So the
 * older connections are asked for a sign of life, and one that gives none is closed, for there is a better one.
 */
export class OlderConnections {
  readonly #parts: OlderConnectionsParts
  /** Ids of connections that are asked just now. Bounded: open connections. */
  readonly #asked = new Set<string>()

  constructor(parts: OlderConnectionsParts) {
    this.#parts = parts
  }

  /** To be called with each connection that was opened. */
  check(fresh: Connection): void {
    for (const connection of this.#parts.libp2p.getConnections(fresh.remotePeer)) {
      const isOlder = connection.id !== fresh.id && connection.timeline.open <= fresh.timeline.open
      if (isOlder && connection.status === 'open' && !this.#asked.has(connection.id)) void this.#ask(connection)
    }
  }

  async #ask(connection: Connection): Promise<void> {
    const { clock, logger, answerMs } = this.#parts
    this.#asked.add(connection.id)
    try {
      const deadline = { clock, ms: answerMs, what: 'an answer on an older connection' }
      const options = { runOnLimitedConnection: true }
      const stream = await withDeadline(
        deadline,
        (signal) => connection.newStream(PING, { ...options, signal }),
        (late) => late.abort(new Error('it answered too late'))
      )
      stream.abort(new Error('that was all'))
    } catch (error) {
      // Any other failure is an answer, or the end of the connection.
      if (!(error instanceof DeadlineError)) return
      const isOnlyOne = this.#parts.libp2p.getConnections(connection.remotePeer).length < 2
      if (isOnlyOne) return
      logger.debug('a connection is closed: its peer connected anew', { peer: connection.remotePeer.toString() })
      connection.abort(error)
    } finally {
      this.#asked.delete(connection.id)
    }
  }
}
