import { parseArgs } from 'node:util'
import { ROUND_KINDS, type RoundKind } from './fault-plan.ts'

export interface Flags {
  readonly seed: string
  readonly rounds: number
  readonly peers: number
  readonly blocks: number
  /** How long the faults of a round last. */
  readonly faultMs: number
  readonly kinds: readonly RoundKind[]
  readonly long: boolean
  /** Loopback proxies, though namespaces may be permitted. */
  readonly proxies: boolean
  /** This process is the one inside the namespaces. */
  readonly inside: boolean
  readonly help: boolean
}

export const USAGE = `npm run testbed -- [flags]
  --seed <text>       repeats the plan of an earlier run (default: a new one, printed)
  --rounds <n>        rounds to run (default 7, one of each kind; with --long 42)
  --peers <n>         hosts, 3 to 50 (default 4; with --long 5)
  --blocks <n>        blocks placed in each round (default 60)
  --fault-ms <n>      how long the faults of a round last (default 2500; with --long 8000)
  --kinds <a,b>       kinds of rounds, in turn: ${ROUND_KINDS.join(', ')}
  --long              a long run; half-open connections last until the peers find out by themselves
  --proxies           loopback proxies instead of network namespaces`

const MIN_PEERS = 3
export const MAX_PEERS = 50

/** Throws an error that says what is wrong with a flag. `freshSeed` is for runs that name none. */
export function parseFlags(args: readonly string[], freshSeed: string): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      rounds: { type: 'string' },
      peers: { type: 'string' },
      blocks: { type: 'string' },
      'fault-ms': { type: 'string' },
      kinds: { type: 'string' },
      long: { type: 'boolean', default: false },
      proxies: { type: 'boolean', default: false },
      inside: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  })
  const { long, proxies, inside, help } = values
  const kinds = values.kinds === undefined ? ROUND_KINDS : values.kinds.split(',').map(kindOf)
  return {
    seed: values.seed ?? freshSeed,
    rounds: count('rounds', values.rounds, {
      fallback: long ? 6 * kinds.length : kinds.length,
      least: 1,
      most: 100_000
    }),
    peers: count('peers', values.peers, { fallback: long ? 5 : 4, least: MIN_PEERS, most: MAX_PEERS }),
    blocks: count('blocks', values.blocks, { fallback: 60, least: 1, most: 10_000 }),
    faultMs: count('fault-ms', values['fault-ms'], { fallback: long ? 8_000 : 2_500, least: 500, most: 3_600_000 }),
    kinds,
    long,
    proxies,
    inside,
    help
  }
}

function kindOf(text: string): RoundKind {
  const kind = ROUND_KINDS.find((known) => known === text)
  if (kind === undefined) throw new Error(`--kinds ${text}: expected some of ${ROUND_KINDS.join(', ')}`)
  return kind
}

function count(
  name: string,
  text: string | undefined,
  { fallback, least, most }: { fallback: number; least: number; most: number }
): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`--${name} ${text}: expected a whole number from ${least} to ${most}`)
  }
  return value
}
