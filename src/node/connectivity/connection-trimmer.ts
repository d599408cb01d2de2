import type { Connection, Libp2p } from '@libp2p/interface'
import type { Clock, Logger, Timer } from '../../ports.ts'
import type { ConnectionsConfig } from '../config/connections-section.ts'
import { reasonOf } from '../repo/repo-error.ts'
import { chooseToClose, type ConnectionView } from './trim-choice.ts'

export interface ConnectionTrimmerParts {
  readonly libp2p: Pick<Libp2p, 'getConnections' | 'peerStore'>
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: ConnectionsConfig
  readonly isKept: (peer: string) => boolean
}

/** Time for a connection to end properly; after it it is cut. */
const CLOSE_TIMEOUT_MS = 1_000

/** Protocols that run by themselves: their streams show no use of a connection. */
const INCIDENTAL = /^\/(ipfs\/(id|ping)\/|libp2p\/(autonat|dcutr))/u

/** Room above the high-water mark in which new connections live until it is known what they are worth. */
export function hardLimit({ highWater }: ConnectionsConfig): number {
  return highWater + Math.max(32, Math.ceil(highWater / 4))
}

/** Looks at the number of connections from time to time, and closes those of least worth when there are too many. */
export class ConnectionTrimmer {
  readonly #parts: ConnectionTrimmerParts
  #limits: ConnectionsConfig
  #timer: Timer | undefined
  #isStopped = false

  constructor(parts: ConnectionTrimmerParts) {
    this.#parts = parts
    this.#limits = parts.limits
  }

  start(): void {
    this.#timer?.cancel()
    const { isTrimming, silencePeriodMs } = this.#limits
    if (!isTrimming || this.#isStopped) return
    this.#timer = this.#parts.clock.setTimer(silencePeriodMs, () => void this.trim().finally(() => this.start()))
  }

  /** Other limits from now on, while it runs. */
  limit(limits: ConnectionsConfig): void {
    this.#limits = limits
    this.start()
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** Looks now. Never rejects. */
  async trim(): Promise<void> {
    const { libp2p, logger } = this.#parts
    const limits = this.#limits
    const connections = libp2p.getConnections()
    if (connections.length <= limits.highWater) return
    const byId = new Map(connections.map((connection) => [connection.id, connection]))
    const views = await Promise.all(connections.map((connection) => this.#view(connection)))
    const chosen = chooseToClose(views, limits)
    logger.debug('closing connections: there are too many', { open: connections.length, closing: chosen.length })
    await Promise.all(chosen.map(({ id }) => close(byId.get(id))))
  }

  async #view(connection: Connection): Promise<ConnectionView> {
    const { clock, isKept } = this.#parts
    return {
      id: connection.id,
      ageMs: clock.epochMs() - connection.timeline.open,
      direction: connection.direction,
      streams: connection.streams.filter(({ protocol }) => !INCIDENTAL.test(protocol)).length,
      value: await this.#valueOf(connection),
      isProtected: isKept(connection.remotePeer.toString())
    }
  }

  async #valueOf({ remotePeer }: Connection): Promise<number> {
    try {
      const { tags } = await this.#parts.libp2p.peerStore.get(remotePeer)
      return [...tags.values()].reduce((sum, { value }) => sum + value, 0)
    } catch (error) {
      this.#parts.logger.debug('nothing is known of a connected peer', { reason: reasonOf(error) })
      return 0
    }
  }
}

async function close(connection: Connection | undefined): Promise<void> {
  try {
    await connection?.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) })
  } catch (error) {
    connection?.abort(error instanceof Error ? error : new Error(String(error)))
  }
}
