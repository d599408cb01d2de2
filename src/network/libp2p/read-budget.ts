/** A stream being read. Both calls may be made at any time and as often as one likes. */
export interface Reader {
  /** Bytes of an unfinished message. */
  readonly partialBytes: number
  pause(): void
  resume(): void
  /** Drop the unfinished message, with its stream. Takes its bytes off by `partial` and ends with `remove`. */
  giveUp(): void
}

export interface ReadLimits {
  /** Held bytes of one peer above which its streams are paused; at half of it they go on. */
  readonly perPeer: number
  /** The same for all peers together. */
  readonly total: number
}

/** What is held of one peer: messages that nobody has dealt with yet, and unfinished ones. */
interface Account {
  readonly readers: Set<Reader>
  unread: number
  partial: number
  paused: boolean
  /** The one stream that reads although the others are paused. */
  going: Reader | undefined
}

/**
 * Slows down peers that send faster than their messages are dealt with, by pausing their streams: the bytes then stay
 * with the sender. Pure: is told of bytes, tells streams to pause and resume.
 *
 * A paused peer goes on when its messages have been dealt with. When it has only unfinished messages nothing would ever
 * be dealt with, so the one that is furthest may be finished. When it is mostly unfinished messages that fill the total,
 * pausing would hit whoever comes next: instead the largest one of the peer that holds most of them is given up.
 */
export class ReadBudget {
  readonly #limits: ReadLimits
  /** Bounded: peers with an incoming stream or an unread message, and so by the number of connections. */
  readonly #accounts = new Map<string, Account>()
  /** Bounded: a part of `#accounts`, in the order in which they were paused. */
  readonly #paused = new Set<Account>()
  #unread = 0
  #partial = 0

  constructor(limits: ReadLimits) {
    this.#limits = limits
  }

  /** Bytes of unread and unfinished messages, over all peers. */
  get heldBytes(): number {
    return this.#unread + this.#partial
  }

  add(peer: string, reader: Reader): void {
    const account = this.#accountOf(peer)
    account.readers.add(reader)
    if (account.paused) reader.pause()
  }

  /** The stream has ended; call it after its unfinished message was taken off by `partial`. */
  remove(peer: string, reader: Reader): void {
    const account = this.#accountOf(peer)
    account.readers.delete(reader)
    if (account.going === reader) account.going = undefined
    this.#changed(peer, account)
  }

  /** The unfinished messages of a peer grew, or shrank, by so many bytes. */
  partial(peer: string, change: number): void {
    const account = this.#accountOf(peer)
    account.partial += change
    this.#partial += change
    this.#changed(peer, account)
  }

  /** So many bytes of messages wait to be dealt with or, when negative, were dealt with. */
  unread(peer: string, change: number): void {
    const account = this.#accountOf(peer)
    account.unread += change
    this.#unread += change
    this.#changed(peer, account)
  }

  /** Whether what is paused of this peer waits for messages that we have not dealt with. */
  waitsForUs(peer: string): boolean {
    return (this.#accounts.get(peer)?.unread ?? 0) > 0 || this.#unread > this.#limits.total / 4
  }

  #accountOf(peer: string): Account {
    let account = this.#accounts.get(peer)
    if (account === undefined) {
      account = { readers: new Set(), unread: 0, partial: 0, paused: false, going: undefined }
      this.#accounts.set(peer, account)
    }
    return account
  }

  #changed(peer: string, account: Account): void {
    this.#giveUpLargest()
    const held = account.unread + account.partial
    if (held > this.#limits.perPeer || this.heldBytes > this.#limits.total) this.#pause(account)
    if (this.#paused.size > 0) this.#relieve()
    if (held === 0 && account.readers.size === 0) {
      this.#accounts.delete(peer)
      this.#paused.delete(account)
    }
  }

  /** Each given up takes its bytes off, which leads back here until there is room. */
  #giveUpLargest(): void {
    if (this.heldBytes <= this.#limits.total || this.#partial <= this.#limits.total / 2) return
    let worst: Account | undefined
    for (const account of this.#accounts.values()) {
      if (worst === undefined || account.partial > worst.partial) worst = account
    }
    let largest: Reader | undefined
    for (const reader of worst?.readers ?? []) {
      if (largest === undefined || reader.partialBytes > largest.partialBytes) largest = reader
    }
    if (largest !== undefined && largest.partialBytes > 0) largest.giveUp()
  }

  #pause(account: Account): void {
    if (account.paused) return
    account.paused = true
    this.#paused.add(account)
    for (const reader of account.readers) reader.pause()
  }

  #relieve(): void {
    let first = true
    for (const account of this.#paused) {
      if (this.heldBytes <= this.#limits.total / 2 && account.unread + account.partial <= this.#limits.perPeer / 2) {
        this.#resume(account)
        continue
      }
      this.#keepGoing(account, first)
      first = false
    }
  }

  #resume(account: Account): void {
    this.#paused.delete(account)
    account.paused = false
    account.going = undefined
    for (const reader of account.readers) reader.resume()
  }

  /** Above the total, only the peer that waits longest may go on, so that the memory held stays near the limit. */
  #keepGoing(account: Account, first: boolean): void {
    const mayGo = this.heldBytes <= this.#limits.total || (first && this.#unread === 0)
    if (account.unread > 0 || !mayGo) {
      account.going?.pause()
      account.going = undefined
    } else if (account.going === undefined) {
      for (const reader of account.readers) {
        if (account.going === undefined || reader.partialBytes > account.going.partialBytes) account.going = reader
      }
      account.going?.resume()
    }
  }
}
