import { byWeight } from './by-weight.ts'

/** The same for everybody, whatever was exchanged: there is neither debt nor credit. */
export const fairShare = byWeight({
  name: 'fair-share',
  about: 'the same bytes for everybody, whatever was exchanged',
  source: 'deficit round robin: Shreedhar and Varghese, SIGCOMM 1995',
  weigh: () => 1
})
