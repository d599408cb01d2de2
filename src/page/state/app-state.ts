import { signal } from '@preact/signals'
import { LiveState } from './live.ts'
import { RateHistory } from '../chart/rate-history.ts'

/** How the page stands with the daemon. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Tried again at `retryAt`, by the clock of this machine. */
  | { readonly kind: 'lost'; readonly reason: string; readonly retryAt: number }
  /** It asks for the token, or for another. */
  | { readonly kind: 'locked'; readonly isWrong: boolean }

export const live = new LiveState()
export const history = new RateHistory()
export const link = signal<Link>({ kind: 'connecting' })
/** The secret of the API. It is in the memory of this page, and nowhere else. */
export const token = signal('')
/** Counts the seconds, for ages to grow by; stands still while the view is held. */
export const second = signal(Date.now())
