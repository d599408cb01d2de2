import { ARENA_STRATEGIES } from '../tournament/arena.ts'
import { sweepFreeRiders, type SweepRow, type SweepSize } from './free-rider-sweep.ts'
import { ordering, short, type Check, type Reproduction } from './reproduction.ts'

/**
 * What is affordable: about two minutes of one core, three, and, beside other work, ten. The same bytes are wanted at the
 * same pace in all; larger worlds have coarser blocks and fewer runs, and the largest is only seen among 30 percent. What
 * coarse blocks alone do to penalties was not isolated, so these are read beside those of neutral rules in the same world.
 */
export const SWEEP_SIZES: readonly SweepSize[] = [
  { peers: 30, chunk: 32_768, seeds: 3, fractions: [0, 0.1, 0.3, 0.5] },
  { peers: 120, chunk: 65_536, seeds: 1, fractions: [0, 0.1, 0.3, 0.5] },
  { peers: 1_000, chunk: 163_840, seeds: 1, fractions: [0.3] }
]

/** Rules that know neither debt nor credit. */
const NEUTRAL = ['fair-share', 'boxo-fair']
const REWARDING = ARENA_STRATEGIES.filter((server) => !NEUTRAL.includes(server))
/** Differences below this are none: medians over a handful of runs. */
const SLACK = 0.05

const MANY_SLOTS =
  'five of a dozen partners are unchoked at a time, more than gave anything of late; with two slots the penalty is larger, with longer rounds it is not'
const IDLE = 'it refuses while the uplink is idle, and the last file completes late: all pay for that, not only debtors'
const FORGIVEN =
  'what time forgives is enough to live on: with a fifth of that pace free-riders take three to five times as long, and some cooperators fail'

/** What was found where a rule does not do what is said of its kind. */
const REASONS: Readonly<Record<string, string>> = {
  'tit-for-tat': MANY_SLOTS,
  swap: IDLE,
  whitepaper: IDLE
}

/** Finds rows of a sweep. */
type Find = (peers: number, server: string, fraction: number) => SweepRow | undefined

/** Checks of a sweep over `SWEEP_SIZES`, or sizes in the same order. */
export function checksOf(rows: readonly SweepRow[], sizes: readonly SweepSize[] = SWEEP_SIZES): readonly Check[] {
  const find: Find = (peers, server, fraction) =>
    rows.find((row) => row.peers === peers && row.server === server && row.fraction === fraction)
  const [small, , large] = sizes.map(({ peers }) => peers)
  if (small === undefined) return []
  return [
    ...NEUTRAL.map((server) => neutral(find, small, server)),
    ...REWARDING.map((server) => penalizes(find, small, server)),
    ...REWARDING.map((server) => sparesCooperators(find, small, server)),
    costsAll(find, small),
    ...['fair-torrent', 'best'].map((server) => protects(find, small, server)),
    ...REWARDING.map((server) => grows(find, small, server)),
    fair(find, small),
    ...(large === undefined ? [] : [fadesAway(find, small, large)])
  ]
}

function neutral(find: Find, peers: number, server: string): Check {
  const penalty = find(peers, server, 0.3)?.penalty ?? NaN
  return ordering(
    `${peers} peers, 30 %: ${server} does not tell free-riders from others`,
    'the same time for both, within 10 %',
    `${short(penalty)} of it for free-riders`,
    Math.abs(penalty - 1) <= 0.1
  )
}

/** The larger penalty of the rules that know neither debt nor credit: what of it is no rule's doing. */
function neutralPenalty(find: Find, peers: number): number {
  return Math.max(...NEUTRAL.map((server) => find(peers, server, 0.3)?.penalty ?? NaN))
}

function penalizes(find: Find, peers: number, server: string): Check {
  const [ours, base] = [find(peers, server, 0.3)?.penalty ?? NaN, neutralPenalty(find, peers)]
  return ordering(
    `${peers} peers, 30 %: ${kindOf(server)} penalizes free-riders`,
    `more than fair-share and boxo-fair do, by ${short(100 * SLACK)} %`,
    `penalty ${short(ours)}; of the two at most ${short(base)}`,
    isMore(ours, base),
    REASONS[kindOf(server)]
  )
}

function sparesCooperators(find: Find, peers: number, server: string): Check {
  const [ours, base] = [find(peers, server, 0.3), find(peers, 'fair-share', 0.3)]
  const [time, other] = [ours?.cooperatorS ?? NaN, base?.cooperatorS ?? NaN]
  const failed = ours?.cooperatorFailed ?? NaN
  return ordering(
    `${peers} peers, 30 %: cooperators are no worse off under ${kindOf(server)}`,
    'than under fair-share, and get all they want',
    `${short(time)} s, ${short(failed)} requests failed; fair-share ${short(other)} s`,
    time <= other * (1 + SLACK) && failed === 0,
    REASONS[kindOf(server)]
  )
}

function costsAll(find: Find, peers: number): Check {
  const losses = [0.1, 0.3, 0.5].map((fraction) => find(peers, 'fair-share', fraction)?.loss ?? NaN)
  return ordering(
    `${peers} peers: under fair-share, free-riders cost cooperators the more the more there are`,
    'loss grows from 10 to 30 to 50 %',
    losses.map(short).join(', '),
    losses.every((loss, at) => loss > (losses[at - 1] ?? 1))
  )
}

function protects(find: Find, peers: number, server: string): Check {
  const [ours, base] = [find(peers, server, 0.5)?.loss ?? NaN, find(peers, 'fair-share', 0.5)?.loss ?? NaN]
  return ordering(
    `${peers} peers, 50 %: ${server} keeps cooperators from paying for free-riders`,
    'less than half the loss under fair-share',
    `${short(ours)}; fair-share ${short(base)}`,
    ours - 1 < (base - 1) / 2
  )
}

function grows(find: Find, peers: number, server: string): Check {
  const [few, many] = [find(peers, server, 0.1)?.penalty ?? NaN, find(peers, server, 0.5)?.penalty ?? NaN]
  return ordering(
    `${peers} peers: the penalty under ${kindOf(server)} grows with the number of free-riders`,
    `more at 50 % than at 10 %, by ${short(100 * SLACK)} %`,
    `${short(few)} to ${short(many)}`,
    isMore(many, few),
    kindOf(server) === 'swap' ? FORGIVEN : undefined
  )
}

function fair(find: Find, peers: number): Check {
  const [ours, other] = [find(peers, 'fair-torrent', 0.3)?.jain ?? NaN, find(peers, 'tit-for-tat', 0.3)?.jain ?? NaN]
  return ordering(
    `${peers} peers, 30 %: under fair-torrent cooperators receive what they give`,
    "Jain's index 0.95 or more",
    `${short(ours)}; tit-for-tat ${short(other)}`,
    ours >= 0.95
  )
}

/** By how much the best rule penalizes free-riders more than neutral ones do. */
function fadesAway(find: Find, small: number, large: number): Check {
  const edge = (peers: number): number => {
    const base = neutralPenalty(find, peers)
    return Math.max(...REWARDING.map((server) => (find(peers, server, 0.3)?.penalty ?? NaN) / base))
  }
  return ordering(
    `30 %: what direct reciprocity can do fades as peers seldom meet again`,
    `less at ${large} peers than at ${small}, by ${short(100 * SLACK)} %`,
    `the best rule's penalty is ${short(edge(large))} of a neutral one's; at ${small} peers ${short(edge(small))}`,
    isMore(edge(small), edge(large))
  )
}

function isMore(ours: number, base: number): boolean {
  return ours > base * (1 + SLACK)
}

/** Without its parameters. */
function kindOf(server: string): string {
  return server.split(':', 1)[0] ?? server
}

/** No published comparison of these rules on bitswap was found: what is checked is what is said of each where it comes from. */
export const a10: Reproduction = {
  name: 'a10',
  title: 'free-riders among ten server strategies, at 30, 120 and 1,000 peers',
  source:
    'orderings stated by Levin et al. 2008, Sherman et al. 2012, Piatek et al. 2007, Cohen 2003; Feldman et al. 2004 for large worlds',
  seeds: 3,
  run: async (bench) => checksOf(await sweepFreeRiders(bench, SWEEP_SIZES))
}
