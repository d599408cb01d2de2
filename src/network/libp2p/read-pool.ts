/** A stream being read. All calls may be made at any time and as often as one likes. */
export interface Reader {
  /** Bytes of an unfinished message. */
  readonly partialBytes: number
  /** Bytes that came while it was paused, and wait behind it. */
  readonly bufferedBytes: number
  /** How long its message has got on too slowly; 0 while a pause keeps it from getting on, or it has none. */
  readonly lagMs: number
  /** Whether its peer was asked for blocks: others may have less on their way. */
  expect(blocks: boolean): void
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
/** Part of the total that messages which wait for us may take. */
const UNREAD_SHARE = 0.5
/** Whoever holds less is not paused for what others hold. */
export const LIGHT_BYTES = 32 * 1024

/** What is held of one peer: messages that nobody has dealt with yet, unfinished ones, and what waits in paused streams. */
export class Account {
  /** Bounded: open streams of the peer. */
  readonly readers = new Set<Reader>()
  pool: ReadPool
  unread = 0
  partial = 0
  buffered = 0
  /** Bytes that its other streams hold beside the one that holds most, as they were counted last. */
  spare = 0
  paused = false
  /** The one stream that reads although the others are paused. */
  going: Reader | undefined

  constructor(pool: ReadPool) {
    this.pool = pool
  }

  get held(): number {
    return this.unread + this.partial + this.buffered
  }

  /** Looks how much its streams hold, and what has gathered behind the paused ones. */
  recount(): void {
    let [buffered, all, most] = [0, 0, 0]
    for (const reader of this.readers) {
      if (this.paused) buffered += reader.bufferedBytes
      const bytes = heldOf(reader)
      all += bytes
      most = Math.max(most, bytes)
    }
    this.spare = all - most
    this.pool.buffered += buffered - this.buffered
    this.buffered = buffered
  }
}

function heldOf(reader: Reader): number {
  return reader.partialBytes + reader.bufferedBytes
}

/**
 * Peers that share a limit on what is held of them.
 *
 * A paused peer goes on when its messages have been dealt with. When it has only unfinished messages nothing would ever be
 * dealt with, so the one that is furthest may be finished; when it does not get on, the next has its turn. While there is
 * too little room, messages that do not get on are given up, those first of whoever began many and those that stand still
 * for longest. When there is far too little, whoever began many loses them but for one; then those go that are least far.
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
  #isMakingRoom = false

  constructor(limits: PoolLimits) {
    this.limits = limits
  }

  get held(): number {
    return this.unread + this.partial + this.buffered
  }

  /** So much waits for us that nobody else is to blame when little gets on. */
  get waitsForUs(): boolean {
    return this.unread >= (this.limits.total * UNREAD_SHARE) / 2
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
    // What waits for us is not dealt with sooner for there being more of it.
    const isTooMuch = this.held > total || this.unread > total * UNREAD_SHARE
    const isInTheWay = account.held > LIGHT_BYTES && isTooMuch
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

  #makeRoom(): void {
    // Each that is given up takes its bytes off, and leads back here.
    if (this.#isMakingRoom || this.held <= this.limits.total) return
    this.#isMakingRoom = true
    try {
      this.#giveUpWhatIsNeeded()
    } finally {
      this.#isMakingRoom = false
    }
  }

  #giveUpWhatIsNeeded(): void {
    const { total } = this.limits
    // While messages wait for us nobody is slow; what comes in the meantime does so anyway.
    const waitForUs = this.waitsForUs
    for (const reader of waitForUs ? [] : this.#lagging()) {
      if (this.held <= total) return
      reader.giveUp()
    }
    if (this.held <= HARD * total) return
    for (const account of this.#accounts) account.recount()
    while (this.held > (waitForUs ? HARD * total : total)) {
      const reader = this.#leastMissed()
      if (reader === undefined) return
      reader.giveUp()
    }
  }

  /**
   * Those that get on too slowly, the slowest first; but the first of each peer comes after the second of any. All lag when
   * this machine is short of time, and the honest do so with one message.
   */
  #lagging(): Reader[] {
    const lagging: { readonly reader: Reader; readonly lagMs: number; readonly rank: number }[] = []
    for (const { readers, partial } of this.#accounts) {
      if (partial === 0) continue
      const own = Array.from(readers, (reader) => ({ reader, lagMs: reader.lagMs }))
        .filter(({ lagMs }) => lagMs > MAX_LAG_MS)
        .sort((a, b) => a.lagMs - b.lagMs)
      for (const [rank, each] of own.entries()) lagging.push({ ...each, rank })
    }
    return lagging.sort((a, b) => b.rank - a.rank || b.lagMs - a.lagMs).map(({ reader }) => reader)
  }

  /** Of the peer with most beside its furthest message the next largest; when all have but one, the one that is least far. */
  #leastMissed(): Reader | undefined {
    let richest: Account | undefined
    let least: Account | undefined
    for (const account of this.#accounts) {
      if (account.partial + account.buffered === 0) continue
      if (account.spare > (richest?.spare ?? 0)) richest = account
      if (least === undefined || isLessFar(account, least)) least = account
    }
    if (richest !== undefined) return this.#largest(richest, this.#largest(richest))
    return least === undefined ? undefined : this.#largest(least)
  }

  #largest({ readers }: Account, except?: Reader): Reader | undefined {
    let largest: Reader | undefined
    let most = 0
    for (const reader of readers) {
      const bytes = heldOf(reader)
      if (bytes > most && reader !== except) [largest, most] = [reader, bytes]
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
      return
    }
    const { going } = account
    const next = going === undefined ? this.#largest(account) : mostBehind(account, going)
    if (next === undefined) return
    going?.pause()
    account.going = next
    next.resume()
  }
}

/** Who goes on when `going` does not get on: whatever has come behind the others is worth a try. */
function mostBehind({ readers }: Account, going: Reader): Reader | undefined {
  if (going.lagMs <= MAX_LAG_MS) return undefined
  let next: Reader | undefined
  for (const reader of readers) {
    if (reader !== going && reader.bufferedBytes > (next?.bufferedBytes ?? 0)) next = reader
  }
  return next
}

/** Those that hold little come last: they are in nobody's way. */
function isLessFar(a: Account, b: Account): boolean {
  const [aIsLight, bIsLight] = [a.held <= LIGHT_BYTES, b.held <= LIGHT_BYTES]
  return aIsLight === bIsLight ? a.held < b.held : bIsLight
}
