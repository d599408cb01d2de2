/** Several providers that all hold everything: each block should come once, and no slower than from one. */
import { type Contender, type Group, interleave, series, type Settings } from './context.ts'
import { type Line, line, ratio } from './line.ts'
import { type Pair, warmBlocks, withPair } from './pair.ts'

const NAME = 'providers'
const KIB = 1024
const MIB = KIB * KIB
const BLOCK_BYTES = 256 * KIB
/** What is under way when the last block has come may still arrive; it counts. */
const SETTLE_MS = 500

interface Shared {
  readonly mibPerSecond: number
  /** Blocks that all providers sent, for each that was asked for. */
  readonly copies: number
  /** The part of the busiest provider. */
  readonly largestShare: number
}

export function manyProviders(): Group {
  return {
    name: NAME,
    about: '500 × 256 KiB from 1, 3 and 5 providers that hold everything',
    run: async (settings): Promise<readonly Line[]> => {
      const count = settings.quick ? 100 : 500
      const found = await interleave<Shared, 'one' | 'three' | 'five'>(settings, NAME, {
        one: from(settings, count, 1),
        three: from(settings, count, 3),
        five: from(settings, count, 5)
      })
      const speed = (who: keyof typeof found) => series(found[who], ({ mibPerSecond }) => mibPerSecond)
      const notes = { blocks: count, blockBytes: BLOCK_BYTES, encryption: 'tls', quick: settings.quick }
      const several = (who: 'three' | 'five'): readonly Line[] => {
        const shares = found[who].figures.map(({ largestShare }) => Number(largestShare.toFixed(3)))
        const copies = series(found[who], (shared) => shared.copies)
        const gain = ratio(speed(who), speed('one'))
        return [
          line(`${NAME}: from ${who}`, 'MiB/s', speed(who), null, { ...notes, largestShare: shares }),
          line(`${NAME}: copies from ${who}`, 'ratio', copies, { at: 'most', value: 1.05 }, notes),
          line(`${NAME}: ${who} of one`, 'ratio', gain, { at: 'least', value: 1 }, notes)
        ]
      }
      return [line(`${NAME}: from one`, 'MiB/s', speed('one'), null, notes), ...several('three'), ...several('five')]
    }
  }
}

function from(settings: Settings, count: number, providers: number): Contender<Shared> {
  const blocks = { seed: NAME, count, blockBytes: BLOCK_BYTES }
  const spec = { name: `${NAME} ${providers}`, kind: 'barter', encryption: 'tls', providers, blocks } as const
  return (round) =>
    withPair(settings, { ...spec, round, warmBlocks: warmBlocks(BLOCK_BYTES) }, async (pair) => {
      const before = await sent(pair)
      const job = { digests: pair.digests, blockBytes: BLOCK_BYTES, concurrency: count }
      const { ms, bytes } = await pair.timed(() => pair.consumer.call('fetch', job))
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      const after = await sent(pair)
      const each = after.map((blocksSent, index) => blocksSent - (before[index] ?? 0))
      const copies = each.reduce((sum, blocks) => sum + blocks, 0)
      return {
        mibPerSecond: bytes / MIB / (ms / 1000),
        copies: copies / count,
        largestShare: Math.max(...each) / copies
      }
    })
}

async function sent({ providers }: Pair): Promise<number[]> {
  const stats = await Promise.all(providers.map((provider) => provider.call('stat', {})))
  return stats.map(({ blocksSent }) => blocksSent)
}
