import { MAX_MESSAGE_BYTES } from '../../message/limits.ts'
import type { Libp2pNetworkOptions } from './network-options.ts'
import { Account, type PoolLimits, ReadPool, type Reader } from './read-pool.ts'

export interface ReadLimits {
  /** For peers that were asked for blocks: what they send is what we want. */
  readonly asked: PoolLimits
  /** For all others, who have little to say. */
  readonly others: PoolLimits
}

/**
 * The limits that these options stand for. Whatever they are, a peer can bring a message of any size, and what comes with it
 * before it is slowed down: what was read at once, and the window of its stream.
 */
export function readLimits(options: Libp2pNetworkOptions): ReadLimits {
  const { maxUnreadBytesPerPeer, maxUnreadBytes, maxUnaskedBytes } = options
  const pool = (perPeer: number, total: number): PoolLimits => {
    return { perPeer, mostPerPeer: perPeer + Math.max(perPeer, 3 * MAX_MESSAGE_BYTES), total }
  }
  const unasked = Math.min(maxUnreadBytesPerPeer, maxUnaskedBytes / 2)
  return { asked: pool(maxUnreadBytesPerPeer, maxUnreadBytes), others: pool(unasked, maxUnaskedBytes) }
}

/**
 * Slows down peers that send faster than their messages are dealt with, by pausing their streams: the bytes then stay
 * with the sender, but for what is on its way. Pure: is told of bytes, tells streams to pause, resume and give up. Peers
 * that we asked for blocks share one limit and all others another, so that a crowd of strangers is in nobody's way.
 */
export class ReadBudget {
  readonly #asked: ReadPool
  readonly #others: ReadPool
  /** Somebody is paused: `look` has to be called from time to time. */
  readonly #pausing: () => void
  /** Bounded: peers with an incoming stream or an unread message, and so by the number of connections. */
  readonly #accounts = new Map<string, Account>()
  /** Bounded: connected peers. */
  readonly #expected = new Set<string>()

  constructor(limits: ReadLimits, pausing: () => void) {
    this.#asked = new ReadPool(limits.asked)
    this.#others = new ReadPool(limits.others)
    this.#pausing = pausing
  }

  /** Bytes that are held, over all peers: unread, unfinished, and behind paused streams. */
  get heldBytes(): number {
    return this.#asked.held + this.#others.held
  }

  /** The peer was asked for blocks, or is no longer expected to send any. */
  expect(peer: string, blocks: boolean): void {
    if (this.#expected.has(peer) === blocks) return
    if (blocks) this.#expected.add(peer)
    else this.#expected.delete(peer)
    const account = this.#accounts.get(peer)
    if (account === undefined) return
    for (const reader of account.readers) reader.expect(blocks)
    account.pool.leave(account)
    this.#poolOf(peer).enter(account)
    this.#changed(peer, account)
  }

  add(peer: string, reader: Reader): void {
    const account = this.#accountOf(peer)
    account.readers.add(reader)
    reader.expect(this.#expected.has(peer))
    if (account.paused) reader.pause()
  }

  /** The stream has ended, and with it an unfinished message of so many bytes. */
  remove(peer: string, reader: Reader, partialBytes: number): void {
    const account = this.#accountOf(peer)
    account.readers.delete(reader)
    if (account.going === reader) account.going = undefined
    account.partial -= partialBytes
    account.pool.partial -= partialBytes
    account.recount()
    this.#changed(peer, account)
  }

  /** The unfinished messages of a peer grew, or shrank, by so many bytes. */
  partial(peer: string, change: number): void {
    const account = this.#accountOf(peer)
    account.partial += change
    account.pool.partial += change
    this.#changed(peer, account)
  }

  /** So many bytes of messages wait to be dealt with or, when negative, were dealt with. */
  unread(peer: string, change: number): void {
    const account = this.#accountOf(peer)
    account.unread += change
    account.pool.unread += change
    this.#changed(peer, account)
  }

  /** Whether what is paused of this peer waits for messages that we have not dealt with. */
  waitsForUs(peer: string): boolean {
    const account = this.#accounts.get(peer)
    if (account === undefined) return false
    return account.unread > 0 || account.pool.waitsForUs
  }

  /** Looks after those who are paused. True when somebody still is. */
  look(): boolean {
    for (const pool of [this.#asked, this.#others]) pool.look()
    return this.#asked.hasPaused || this.#others.hasPaused
  }

  #accountOf(peer: string): Account {
    let account = this.#accounts.get(peer)
    if (account === undefined) {
      account = new Account(this.#poolOf(peer))
      account.pool.enter(account)
      this.#accounts.set(peer, account)
    }
    return account
  }

  #poolOf(peer: string): ReadPool {
    return this.#expected.has(peer) ? this.#asked : this.#others
  }

  #changed(peer: string, account: Account): void {
    account.pool.changed(account)
    if (account.held === 0 && account.readers.size === 0) {
      this.#accounts.delete(peer)
      account.pool.leave(account)
    }
    if (account.pool.hasPaused) this.#pausing()
  }
}
