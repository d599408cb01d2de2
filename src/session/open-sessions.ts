import type { CID } from 'multiformats/cid'
import type { GetOptions } from '../exchange.ts'
import type { SessionOptions } from '../options.ts'
import type { Blockstore, Clock, Provider } from '../ports.ts'
import { toProvider } from '../provider.ts'
import { spacedLine } from '../safe-text.ts'
import type { SessionInside, ShownSession } from '../session-inside.ts'
import { SessionHandle } from './session-handle.ts'
import type { SessionLike } from './session-like.ts'

export interface OpenSessionsParts {
  readonly blockstore: Pick<Blockstore, 'get'>
  readonly clock: Pick<Clock, 'now'>
  readonly options: SessionOptions
  /** Throws for a CID that can never be fetched; returns the bytes of one that holds its own block. */
  readonly admit: (cid: CID) => Uint8Array | undefined
  /** Makes one. `fixed`: it asks nobody but `hints`. */
  readonly make: (hints: readonly Provider[], fixed: boolean, shown: (inside: SessionInside) => void) => SessionLike
}

/** Longest label that is kept. */
const MAX_LABEL = 128

/** Cut, and in one line: it may name a path that somebody else made up. */
function shownLabel(label: string): string {
  return spacedLine(label.slice(0, MAX_LABEL))
}

/** The sessions that users have open. */
export class OpenSessions {
  readonly #parts: OpenSessionsParts
  /** Bounded: sessions the user keeps open. */
  readonly #open = new Map<SessionLike, { readonly session: ShownSession; readonly handle: SessionHandle }>()
  #opened = 0

  constructor(parts: OpenSessionsParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#open.size
  }

  /** Sessions since the start. */
  get opened(): number {
    return this.#opened
  }

  open({ offline, providers, broadcast, signal, label = 'session' }: GetOptions): SessionHandle {
    const { make, clock, ...parts } = this.#parts
    const hints = offline === true ? [] : [...(providers ?? [])].map(toProvider)
    let inside: SessionInside | undefined
    const session = make(hints, broadcast === false, (shown) => (inside = shown))
    const onClose = (): void => void this.#open.delete(session)
    const handle = new SessionHandle({ ...parts, session, onClose }, signal)
    const id = ++this.#opened
    this.#open.set(session, { handle, session: { id, label: shownLabel(label), since: clock.now(), inside } })
    return handle
  }

  /** The session that holds a want; undefined for a holder that is none of these. */
  of(holder: object): ShownSession | undefined {
    const sessions: ReadonlyMap<object, { readonly session: ShownSession }> = this.#open
    return sessions.get(holder)?.session
  }

  *values(): Generator<ShownSession> {
    for (const { session } of this.#open.values()) yield session
  }

  /** Ends all of them, with the reason. */
  close(reason: unknown): void {
    for (const { handle } of [...this.#open.values()]) handle.close(reason)
  }
}
