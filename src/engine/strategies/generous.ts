import { byWeight } from './by-weight.ts'

/**
 * In proportion to what is asked: who wants much gets much, so all finish at about the same time. There is neither debt nor
 * credit.
 */
export const generous = byWeight({
  name: 'generous',
  about: 'bytes in proportion to what is asked, whatever was exchanged',
  source: 'Barter',
  weigh: ({ queuedBytes }) => queuedBytes + 1
})
