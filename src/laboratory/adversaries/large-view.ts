import type { Adversary } from './adversary.ts'
import { freeRider } from './free-rider.ts'

/** Lives on what each of very many gives to a newcomer. */
export const largeView: Adversary = {
  ...freeRider,
  name: 'large-view',
  about: 'a free-rider that connects to everybody',
  source: 'large view exploit: Sirivianos, Park, Chen and Yang, IPTPS 2007',
  connectsToAll: true
}
