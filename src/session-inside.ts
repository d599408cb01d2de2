import type { CidKey } from './ids.ts'
import type { Provider } from './ports.ts'

/** One want, as its session sees it. See `OpenWant`. */
export interface WantInside {
  readonly phase: 'looking' | 'ready' | 'asked' | 'searching'
  readonly askedAt?: number
  readonly rounds?: number
}

/** A provider as it was named, and why it could not be reached. */
export interface UnreachedHint {
  readonly provider: Provider
  readonly failure: unknown
}

/** What a session holds, to be looked at. Read when somebody asks: a session does nothing for it. */
export interface SessionInside {
  readonly open: {
    readonly size: number
    /** All there ever were. */
    readonly added: number
    readonly asked: number
    readonly readyCount: number
    readonly searching: { readonly size: number }
    get(key: CidKey): WantInside | undefined
  }
  readonly members: { readonly size: number }
  /** Peers named by the caller. */
  readonly hints: {
    readonly size: number
    readonly isConnecting: boolean
    unreached(): readonly UnreachedHint[]
  }
  /** Nobody is asked but those named by the caller. */
  readonly fixed: boolean
}

/** A session that has not been closed. */
export interface ShownSession {
  /** Counts up from 1. */
  readonly id: number
  readonly label: string
  /** By the clock, in milliseconds. */
  readonly since: number
  /** What it holds; undefined for one that does not show it. */
  readonly inside: SessionInside | undefined
}
