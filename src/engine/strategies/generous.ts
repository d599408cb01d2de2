import type { Strategy } from '../strategy.ts'

/** In proportion to what is asked, credit or none: who wants much gets much, so all finish at about the same time. */
export const generous: Strategy = {
  name: 'generous',
  weigh: ({ queuedBytes }) => queuedBytes + 1
}
