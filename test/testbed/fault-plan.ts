import type { SeededRandom } from '../../src/simulation/seeded-random.ts'
import type { Link } from './fabric.ts'
import { type Stranding, STRANDINGS } from './flow-table.ts'
import type { LinkShape } from './link-queue.ts'

export const ROUND_KINDS = ['calm', 'cuts', 'half-open', 'loss', 'flapping', 'clog', 'mixed'] as const
export type RoundKind = (typeof ROUND_KINDS)[number]

export type Fault =
  | { readonly type: 'shape'; readonly link: Link; readonly change: Partial<LinkShape> }
  | { readonly type: 'cut'; readonly link: Link }
  | { readonly type: 'cut-after'; readonly link: Link; readonly bytes: number }
  | { readonly type: 'strand'; readonly link: Link; readonly stranding: Stranding }

export interface TimedFault {
  readonly atMs: number
  readonly fault: Fault
}

/** What happens to the links in one round, from its start until all is well again at `durationMs`. */
export interface FaultPlan {
  readonly kind: RoundKind
  readonly durationMs: number
  /** How every link is before the first fault and after the last. */
  readonly base: LinkShape
  /** In the order of their times. */
  readonly faults: readonly TimedFault[]
}

export const FLAP_EVERY_MS = 100
export const BURST_LOSS = 0.3
/** Longer silence would have TCP wait for longer than the peers get to agree again. */
const MAX_CLOG_MS = 1_500
const MB = 1_000_000

function base(delayMs: number, jitterMs: number, bytesPerSecond: number): LinkShape {
  return { delayMs, jitterMs, bytesPerSecond, loss: 0, clogged: false }
}

const BASES: Readonly<Record<RoundKind, LinkShape>> = {
  calm: base(50, 30, 4 * MB),
  cuts: base(10, 5, 4 * MB),
  'half-open': base(10, 5, 4 * MB),
  loss: base(50, 30, 4 * MB),
  // A connection must come about between two cuts.
  flapping: base(1, 0, 8 * MB),
  clog: base(50, 30, 4 * MB),
  mixed: base(20, 10, 4 * MB)
}

interface Plot {
  readonly random: SeededRandom
  readonly links: readonly Link[]
  readonly durationMs: number
}

/** The faults of a round. The same dice give the same plan. */
export function planFaults(kind: RoundKind, plot: Plot): FaultPlan {
  const faults = PLANS[kind](plot).filter(({ atMs }) => atMs < plot.durationMs)
  return { kind, durationMs: plot.durationMs, base: BASES[kind], faults: faults.sort((a, b) => a.atMs - b.atMs) }
}

const PLANS: Readonly<Record<RoundKind, (plot: Plot) => TimedFault[]>> = {
  calm: () => [],
  cuts,
  'half-open': strandings,
  loss: bursts,
  flapping: flaps,
  clog: clogs,
  mixed(plot) {
    const links = plot.random.shuffled(plot.links)
    const third = Math.ceil(links.length / 3)
    return [
      ...cuts({ ...plot, links: links.slice(0, third) }),
      ...bursts({ ...plot, links: links.slice(third, 2 * third) }),
      ...clogs({ ...plot, links: links.slice(2 * third) }),
      ...flaps({ ...plot, links: links.slice(0, 1) })
    ]
  }
}

/** Cuts after so many bytes, most of them in the middle of a block, and some at once. */
function cuts({ random, links, durationMs }: Plot): TimedFault[] {
  return links.flatMap((link) =>
    times(random, durationMs, 150, 600).map((atMs): TimedFault => {
      const bytes = 1_000 + random.below(300_000)
      return { atMs, fault: random.next() < 0.2 ? { type: 'cut', link } : { type: 'cut-after', link, bytes } }
    })
  )
}

/** Half-open connections, at most one for each host: each has somebody left to ask. */
function strandings({ random, links, durationMs }: Plot): TimedFault[] {
  const taken = new Set<number>()
  return random.shuffled(links).flatMap((link): TimedFault[] => {
    if (taken.has(link.a) || taken.has(link.b)) return []
    taken.add(link.a).add(link.b)
    const stranding = STRANDINGS[random.below(STRANDINGS.length)] ?? 'nothing'
    return [{ atMs: Math.round(random.next() * durationMs * 0.4), fault: { type: 'strand', link, stranding } }]
  })
}

function bursts({ random, links, durationMs }: Plot): TimedFault[] {
  return links.flatMap((link) =>
    times(random, durationMs, 500, 1_500).flatMap((atMs): TimedFault[] => [
      { atMs, fault: { type: 'shape', link, change: { loss: BURST_LOSS } } },
      { atMs: atMs + 300 + random.below(700), fault: { type: 'shape', link, change: { loss: 0 } } }
    ])
  )
}

/** All links of one host, and some more, ten times a second. */
function flaps({ random, links, durationMs }: Plot): TimedFault[] {
  const host = random.shuffled(links)[0]?.a
  const chosen = links.filter(({ a, b }) => a === host || b === host || random.next() < 0.4)
  return chosen.flatMap((link) => {
    const count = Math.floor(durationMs / FLAP_EVERY_MS) - 1
    return Array.from({ length: Math.max(0, count) }, (_, index): TimedFault => {
      return { atMs: (index + 1) * FLAP_EVERY_MS, fault: { type: 'cut', link } }
    })
  })
}

/** Some links one after the other, then free again in another order; over and over. */
function clogs({ random, links, durationMs }: Plot): TimedFault[] {
  const faults: TimedFault[] = []
  let startMs = 100
  while (startMs < durationMs - 500) {
    const chosen = random.shuffled(links).slice(0, 1 + random.below(links.length))
    const spacingMs = Math.min(150, MAX_CLOG_MS / (2 * chosen.length))
    chosen.forEach((link, index) => faults.push(clog(startMs + index * spacingMs, link, true)))
    const freeMs = startMs + chosen.length * spacingMs + random.below(MAX_CLOG_MS / 3)
    random.shuffled(chosen).forEach((link, index) => faults.push(clog(freeMs + index * spacingMs, link, false)))
    startMs = freeMs + chosen.length * spacingMs + 100
  }
  return faults
}

function clog(atMs: number, link: Link, clogged: boolean): TimedFault {
  return { atMs, fault: { type: 'shape', link, change: { clogged } } }
}

/** Moments of a round, with a pause between `least` and `most` before each. */
function times(random: SeededRandom, durationMs: number, least: number, most: number): number[] {
  const moments: number[] = []
  let atMs = random.below(least)
  while (atMs < durationMs) {
    moments.push(atMs)
    atMs += least + random.below(most - least)
  }
  return moments
}
