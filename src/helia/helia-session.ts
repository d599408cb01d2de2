import { dropOldest } from '../drop-oldest.ts'

import type { BlockAnnounceOptions, BlockRetrievalOptions, ProviderOptions, SessionBlockBroker } from '@helia/interface'
import type { CID } from 'multiformats/cid'
import type { ExchangeSession, GetOptions, ProgressEventLike } from '../exchange.ts'
import type { Clock, Timer } from '../ports.ts'
import { toProviderTexts } from './helia-providers.ts'

export interface HeliaSessionParts {
  readonly clock: Pick<Clock, 'setTimer'>
  readonly createSession: (options: GetOptions) => ExchangeSession
  /** Runs one retrieval, by the given way to get a block. */
  readonly retrieve: (cid: CID, options: BlockRetrievalOptions, get: GetBlock) => Promise<Uint8Array>
  readonly announce: (cid: CID, options?: BlockAnnounceOptions) => Promise<void>
  /** It opened a session of the exchange, or let it go. */
  readonly opened: (session: HeliaSession) => void
  readonly closed: (session: HeliaSession) => void
  readonly idleMs: number
}

export type GetBlock = (cid: CID, options: GetOptions) => Promise<Uint8Array>

/** Peers kept for a session that is opened again; the oldest are forgotten. */
export const MAX_SESSION_PEERS = 32

/**
 * A session as Helia uses it. Helia never says when it is done with one, so a session of the exchange is open only while
 * blocks are asked for and a while longer; the next block opens another one, with the peers that were known to the last.
 */
export class HeliaSession implements SessionBlockBroker {
  readonly name = 'bitswap-session'
  readonly #parts: HeliaSessionParts
  readonly #offline: boolean
  /** Named by the user, or of use before; latest last. Bounded: MAX_SESSION_PEERS. */
  readonly #peers = new Set<string>()
  #session: ExchangeSession | undefined
  #running = 0
  #idle: Timer | undefined

  constructor(parts: HeliaSessionParts, providers: ProviderOptions['providers'], offline: boolean) {
    this.#parts = parts
    this.#offline = offline
    for (const text of toProviderTexts(providers)) this.#remember(text)
  }

  async retrieve(cid: CID, options: BlockRetrievalOptions = {}): Promise<Uint8Array> {
    const session = this.#open()
    this.#running++
    try {
      return await this.#parts.retrieve(cid, options, (wanted, how) => session.get(wanted, this.#observed(how)))
    } finally {
      if (--this.#running === 0 && this.#session !== undefined) {
        this.#idle = this.#parts.clock.setTimer(this.#parts.idleMs, () => this.close())
      }
    }
  }

  /** A peer to be asked as well, for blocks that are being waited for, too. */
  addPeer(peer: NonNullable<ProviderOptions['providers']>[number]): Promise<void> {
    for (const text of toProviderTexts([peer])) {
      this.#remember(text)
      this.#session?.addProvider(text)
    }
    return Promise.resolve()
  }

  async announce(cid: CID, options?: BlockAnnounceOptions): Promise<void> {
    await this.#parts.announce(cid, options)
  }

  /** Lets the session of the exchange go; the next block opens one again. */
  close(): void {
    this.#idle?.cancel()
    this.#idle = undefined
    const session = this.#session
    if (session === undefined) return
    this.#session = undefined
    session.close()
    this.#parts.closed(this)
  }

  #open(): ExchangeSession {
    this.#idle?.cancel()
    this.#idle = undefined
    if (this.#session === undefined) {
      this.#session = this.#parts.createSession({ providers: this.#peers })
      this.#parts.opened(this)
    }
    return this.#session
  }

  #observed(options: GetOptions): GetOptions {
    const onProgress = (event: ProgressEventLike): void => {
      const { detail } = event
      const from: unknown = event.type === 'bitswap:block' ? Reflect.get(Object(detail), 'from') : undefined
      if (typeof from === 'string') this.#remember(from)
      options.onProgress?.(event)
    }
    return { ...options, onProgress, offline: this.#offline }
  }

  #remember(peer: string): void {
    this.#peers.delete(peer)
    this.#peers.add(peer)
    dropOldest(this.#peers, MAX_SESSION_PEERS)
  }
}
