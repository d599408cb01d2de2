import type { Strategy } from '../strategy.ts'

/** The same for everybody, whatever was exchanged. */
export const fairShare: Strategy = {
  name: 'fair-share',
  weigh: () => 1
}
