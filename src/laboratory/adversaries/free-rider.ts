import type { Adversary } from './adversary.ts'

/** Takes, and never gives: what it is asked for it does not even deny. */
export const freeRider: Adversary = {
  name: 'free-rider',
  about: 'never uploads: what it is asked for is left without an answer',
  source: 'BitThief: Locher, Moor, Schmid and Wattenhofer, HotNets 2006',
  serves: false,
  corrupt: (parts) => ({ ...parts, policy: { decide: () => 'silent' } })
}
