/** What an answer means for the block that was asked for, and for the host. */
export type Judgement = 'found' | 'missing' | 'busy' | 'broken'

/** It asks to be left alone for a while. */
const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 503])

/**
 * By the status. Redirects are not followed, and so are an answer without the block; so is whatever the host holds against
 * the request. What else is wrong with it (500), or with those behind it (502, 504), may pass.
 */
export function judge(status: number): Judgement {
  if (status === 200) return 'found'
  if (BUSY.has(status)) return 'busy'
  return (status >= 300 && status < 500) || status === 501 ? 'missing' : 'broken'
}
