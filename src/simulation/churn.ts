import { InvalidParametersError } from '../errors.ts'
import { type Distribution, drawMicros } from './distribution.ts'
import type { SeededRandom } from './seeded-random.ts'

/** When peers come and go: plain data. */
export interface ChurnShape {
  /** How long a peer stays. */
  readonly session: Distribution
  /** How long it stays away. */
  readonly absence: Distribution
}

/** One stay of a peer. */
export interface Stay {
  readonly joinMs: number
  /** The end of the run at the latest. */
  readonly leaveMs: number
}

/** The fewest milliseconds that a stay and the absence after it take together: a schedule comes to an end. */
const SHORTEST_CYCLE_MS = 1

/**
 * The stays of one peer up to `untilMs`. Drawn from a stream of its name, so that the fate of one peer does not depend on
 * how many others there are. A peer is there at the start with the probability that it is there at any time.
 */
export function churnSchedule(shape: ChurnShape, peer: string, random: SeededRandom, untilMs: number): Stay[] {
  if (!(untilMs >= 0 && Number.isFinite(untilMs))) {
    throw new InvalidParametersError(`a schedule until ${untilMs} ms: expected a finite number, 0 or more`)
  }
  const draws = random.stream(`churn ${peer}`)
  const drawMs = (distribution: Distribution): number => drawMicros(distribution, draws) / 1_000
  const [session, absence, place] = [drawMs(shape.session), drawMs(shape.absence), draws.next()]
  const cycle = Math.max(session + absence, SHORTEST_CYCLE_MS)
  // Somewhere in a cycle of a stay and an absence, evenly.
  const intoCycle = Math.round(place * cycle * 1_000) / 1_000
  const stays: Stay[] = []
  if (intoCycle < session) stays.push({ joinMs: 0, leaveMs: Math.min(session - intoCycle, untilMs) })
  let joinMs = cycle - intoCycle
  while (joinMs < untilMs) {
    const stayMs = drawMs(shape.session)
    stays.push({ joinMs, leaveMs: Math.min(joinMs + stayMs, untilMs) })
    joinMs += Math.max(stayMs + drawMs(shape.absence), SHORTEST_CYCLE_MS)
  }
  return stays
}
