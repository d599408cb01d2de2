import type { Adversary } from './adversary.ts'

/** A free-rider that nobody has to wait for, nor can see through: it says that it has nothing. */
export const underReport: Adversary = {
  name: 'under-report',
  about: 'has blocks and says "dont-have" to all who ask; keeps leeching',
  source: 'under-reporting of pieces: Levin, LaCurts, Spring and Bhattacharjee, SIGCOMM 2008; here of every block',
  serves: false,
  corrupt: (parts) => ({ ...parts, policy: { decide: () => 'dont-have' } })
}
