/** Five providers that all hold everything: each block should come once. */
import { type Contender, type Group, interleave, type Rounds, series, type Settings } from '../exchange/context.ts'
import { type Line, line, ratio, type Series } from '../exchange/line.ts'
import { bestOf, forWays, NO_SLOWER, type Pair, type Way, type WayName, WAYS } from './contenders.ts'
import type { End } from './end.ts'
import { ENCRYPTION, withMeeting } from './meeting.ts'

const NAME = 'providers'
const KIB = 1024
const MIB = KIB * KIB
const BLOCK_BYTES = 256 * KIB
const PROVIDERS = 5
const LIMIT_MS = 25_000
/** What is under way when the last block has come may still arrive; it counts. */
const SETTLE_MS = 500

interface Shared {
  readonly mibPerSecond: number
  /** Blocks that all providers sent, for each that came. */
  readonly copies: number
}

export const MANY_PROVIDERS: Group = {
  name: NAME,
  about: '300 × 256 KiB from 5 providers that hold everything',
  run: async (settings) => {
    const count = settings.quick ? 50 : 300
    const found = await interleave(
      settings,
      NAME,
      forWays((way) => share(settings, count, way))
    )
    return report(found, { blocks: count, blockBytes: BLOCK_BYTES, encryption: ENCRYPTION, quick: settings.quick })
  }
}

function share(settings: Settings, count: number, { workers, ...pair }: Way): Contender<Shared> {
  const blocks = { seed: NAME, count, blockBytes: BLOCK_BYTES }
  const warmBlocks = settings.quick ? 16 : 128
  return () =>
    withMeeting(
      settings,
      { ...pair, providers: PROVIDERS, blocks, warmBlocks },
      async ({ consumer, providers, digests }) => {
        await settled()
        const before = await sentBy(providers)
        const outcome = await consumer.fetch({ digests, blockBytes: BLOCK_BYTES, workers, limitMs: LIMIT_MS })
        await settled()
        return {
          mibPerSecond: outcome.bytes / MIB / (outcome.ms / 1000),
          copies: ((await sentBy(providers)) - before) / outcome.blocks
        }
      }
    )
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

async function sentBy(providers: readonly End[]): Promise<number> {
  const each = await Promise.all(providers.map((provider) => provider.blocksSent()))
  return each.reduce((sum, blocks) => sum + blocks, 0)
}

function report(found: Readonly<Record<WayName, Rounds<Shared>>>, notes: Record<string, unknown>): readonly Line[] {
  const ways = Object.keys(WAYS) as WayName[]
  const speed = forWays((): Series => ({ rounds: [] }))
  const copies = forWays((): Series => ({ rounds: [] }))
  for (const way of ways) {
    speed[way] = series(found[way], ({ mibPerSecond }) => mibPerSecond)
    copies[way] = series(found[way], (shared) => shared.copies)
  }
  const best = bestOf(speed)
  const of = (pair: Pair): Series => ratio(best[pair], best['boxo→boxo'])
  const fewer = ratio(copies['barter→barter'], copies['boxo→boxo'])
  return [
    ...ways.map((way) => line(`${NAME}: ${way}`, 'MiB/s', speed[way], null, notes)),
    ...ways.map((way) => line(`${NAME}: copies of a block, ${way}`, 'ratio', copies[way], null, notes)),
    line(`${NAME}: copies, barter→barter of boxo→boxo`, 'ratio', fewer, { at: 'most', value: 1 }, notes),
    line(`${NAME}: barter→barter of the best of boxo→boxo`, 'ratio', of('barter→barter'), null, notes),
    line(`${NAME}: barter→boxo of the best of boxo→boxo`, 'ratio', of('barter→boxo'), NO_SLOWER, notes),
    line(`${NAME}: boxo→barter of the best of boxo→boxo`, 'ratio', of('boxo→barter'), null, notes)
  ]
}
