/** What the daemon, its crowd and the measurement of the page agree on. */

/** Bytes of a block that is traded while it is measured. */
export const BLOCK_BYTES = 32 * 1024

/** What the daemon is asked by the measurement. */
export type Ask =
  | { readonly kind: 'dial'; readonly addresses: readonly string[] }
  /** Wants for blocks that nobody has. */
  | { readonly kind: 'want'; readonly count: number }
  /** From now on, so many blocks a second of those that the crowd has. */
  | { readonly kind: 'trade'; readonly perSecond: number }
  | { readonly kind: 'cpu' }

/** What it answers; `cpuMs` is what the process has used so far. */
export interface Answer {
  readonly link?: string
  readonly cpuMs: number
  readonly wants: number
  readonly peers: number
}
