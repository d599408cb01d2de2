/** A stream being read. All calls may be made at any time and as often as one likes. */
export interface Reader {
  /** Bytes of an unfinished message. */
  readonly partialBytes: number
  /** Bytes that came while it was paused, and wait behind it. */
  readonly bufferedBytes: number
  /** How long its message has got on too slowly; 0 while it is paused, or has none. */
  readonly lagMs: number
  pause(): void
  resume(): void
  /** Drop what it holds, with its stream: ends with `remove`. Holds nothing from then on. */
  giveUp(): void
}

export interface PoolLimits {
  /** Held bytes of one peer above which its streams are paused; at half of it they go on. */
  readonly perPeer: number
  /** Bytes of one peer above which what its streams hold is given up: paused, they still bring what their windows allow. */
  readonly mostPerPeer: number
  /** What all together may hold before those who bring more are paused. A quarter above it is given up as well. */
  readonly total: number
}

/** A message that gets on so slowly for so long is not worth the memory that others need. */
const MAX_LAG_MS = 1_000
const HARD = 1.25
/** Whoever holds less is not paused for what others hold. */
export const LIGHT_BYTES = 64 * 1024

/** What is held of one peer: messages that nobody has dealt with yet, unfinished ones, and what waits in paused streams. */
export class Account {
  /** Bounded: open streams of the peer. */
  readonly readers = new Set<Reader>()
  pool: ReadPool
  unread = 0
  partial = 0
  buffered = 0
  paused = false
  /** The one stream that reads although the others are paused. */
  going: Reader | undefined

  constructor(pool: ReadPool) {
    this.pool = pool
  }

  get held(): number {
    return this.unread + this.partial + this.buffered
  }

  /** Looks how much has gathered behind its paused streams. */
  recount(): void {
    let buffered = 0
    if (this.paused) for (const reader of this.readers) buffered += reader.bufferedBytes
    this.pool.buffered += buffered - this.buffered
    this.buffered = buffered
  }
}

/**
 * Peers that share a limit on what is held of them.
 *
 * A paused peer goes on when its messages have been dealt with. When it has only unfinished messages nothing would ever be
 * dealt with, so the one that is furthest may be finished. While there is too little room, messages that do not get on are
 * given up, those first that stand still for longest; and when there is far too little, those of whoever holds most.
 */
export class ReadPool {
  readonly limits: PoolLimits
  unread = 0
  partial = 0
  buffered = 0
  /** Bounded: connected peers. */
  readonly #accounts = new Set<Account>()
  /** Bounded: a part of the accounts, in the order in which they were paused. */
  readonly #paused = new Set<Account>()

  constructor(limits: PoolLimits) {
    this.limits = limits
  }

  get held(): number {
    return this.unread + this.partial + this.buffered
  }

  get hasPaused(): boolean {
    return this.#paused.size > 0
  }

  enter(account: Account): void {
    account.pool = this
    this.#accounts.add(account)
    if (account.paused) this.#paused.add(account)
    this.#add(account, 1)
  }

  leave(account: Account): void {
    this.#accounts.delete(account)
    this.#paused.delete(account)
    this.#add(account, -1)
  }

  /** Something changed in what is held of one of its peers. */
  changed(account: Account): void {
    this.#makeRoom()
    const { perPeer, mostPerPeer, total } = this.limits
    if (account.held > mostPerPeer) this.#largest(account)?.giveUp()
    const isInTheWay = account.held > LIGHT_BYTES && this.held > total
    if (account.held > perPeer || isInTheWay) this.#pause(account)
    if (this.#paused.size > 0) this.#relieve()
  }

  /** Call from time to time while somebody is paused: time passes, and paused streams still receive. */
  look(): void {
    for (const account of this.#paused) account.recount()
    for (const account of [...this.#paused]) {
      if (account.held > this.limits.mostPerPeer) this.#largest(account)?.giveUp()
    }
    this.#makeRoom()
    this.#relieve()
  }

  #add({ unread, partial, buffered }: Account, sign: 1 | -1): void {
    this.unread += sign * unread
    this.partial += sign * partial
    this.buffered += sign * buffered
  }

  /** Each that is given up takes its bytes off, and leads back here. */
  #makeRoom(): void {
    const { total } = this.limits
    while (this.held > total && this.unread < total / 2) {
      const reader = this.#slowest() ?? (this.held > HARD * total ? this.#ofWhoHoldsMost() : undefined)
      if (reader === undefined) return
      reader.giveUp()
    }
    // Messages wait for us, so that nobody is slow; what comes in the meantime does so anyway.
    while (this.held > HARD * total) {
      const reader = this.#ofWhoHoldsMost()
      if (reader === undefined) return
      reader.giveUp()
    }
  }

  #slowest(): Reader | undefined {
    let slowest: Reader | undefined
    let lag = MAX_LAG_MS
    for (const { readers, partial } of this.#accounts) {
      if (partial === 0) continue
      for (const reader of readers) {
        if (reader.lagMs > lag) [slowest, lag] = [reader, reader.lagMs]
      }
    }
    return slowest
  }

  #ofWhoHoldsMost(): Reader | undefined {
    let worst: Account | undefined
    for (const account of this.#accounts) {
      if (account.partial + account.buffered === 0) continue
      if (worst === undefined || account.held > worst.held) worst = account
    }
    return worst === undefined ? undefined : this.#largest(worst)
  }

  #largest({ readers }: Account): Reader | undefined {
    let largest: Reader | undefined
    let most = 0
    for (const reader of readers) {
      const bytes = reader.partialBytes + reader.bufferedBytes
      if (bytes > most) [largest, most] = [reader, bytes]
    }
    return largest
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
      if (this.#mayResume(account)) {
        this.#resume(account)
        continue
      }
      this.#keepGoing(account, first)
      first = false
    }
  }

  #mayResume({ held }: Account): boolean {
    const { perPeer, total } = this.limits
    if (held > perPeer / 2) return false
    return this.held <= total / 2 || (held <= LIGHT_BYTES && this.held <= HARD * total)
  }

  #resume(account: Account): void {
    this.#paused.delete(account)
    account.paused = false
    account.going = undefined
    account.recount()
    for (const reader of account.readers) reader.resume()
  }

  /** Above the total, only the peer that waits longest may go on, so that the memory held stays near the limit. */
  #keepGoing(account: Account, first: boolean): void {
    const mayGo = this.held <= this.limits.total || (first && this.unread === 0)
    if (account.unread > 0 || !mayGo) {
      account.going?.pause()
      account.going = undefined
    } else if (account.going === undefined) {
      account.going = this.#largest(account)
      account.going?.resume()
    }
  }
}
