import { InvalidParametersError } from '../../errors.ts'
import type { Adversary } from './adversary.ts'
import { freeRider } from './free-rider.ts'
import { INVADER, invader } from './invader.ts'
import { largeView } from './large-view.ts'
import { liar } from './liar.ts'
import { sybil } from './sybil.ts'
import { underReport } from './under-report.ts'
import { wantFlood } from './want-flood.ts'
import { whitewash } from './whitewash.ts'

/** Every adversary; `invader:<strategy>` besides. */
export const ADVERSARIES: readonly Adversary[] = [freeRider, sybil, whitewash, largeView, underReport, wantFlood, liar]

/** The adversary of a name. Throws `InvalidParametersError` that says which there are. */
export function adversaryByName(name: string): Adversary {
  if (name.startsWith(INVADER)) return invader(name.slice(INVADER.length))
  const found = ADVERSARIES.find((adversary) => adversary.name === name)
  if (found !== undefined) return found
  const known = [...ADVERSARIES.map((adversary) => adversary.name), `${INVADER}<strategy>`].join(', ')
  throw new InvalidParametersError(`unknown adversary ${name}: expected one of ${known}`)
}
