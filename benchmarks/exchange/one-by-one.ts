/** One block after the other: nothing to batch, only the way there and back. */
import { sliceDigests } from './blocks.ts'
import type { Kind } from './calls.ts'
import { type Contender, type Group, interleave, type Rounds, series, type Settings } from './context.ts'
import { type Line, line, median, ratio, type Series } from './line.ts'
import { withPair } from './pair.ts'

const BLOCK_BYTES = 1024
const NAME = 'latency'
const WARM_BLOCKS = 100

interface Latency {
  /** Median milliseconds of a block, and of a round trip on a kept stream of the same connection. */
  readonly blockMs: number
  readonly roundTripMs: number
  readonly blocksPerSecond: number
}

type Who = 'barter' | 'helia' | 'helia in a session'

export function oneByOne(): Group {
  return {
    name: NAME,
    about: '500 × 1 KiB, one after the other',
    run: async (settings): Promise<readonly Line[]> => {
      const count = settings.quick ? 100 : 500
      const found = await interleave<Latency, Who>(settings, NAME, {
        barter: chain(settings, 'barter', true, count),
        helia: chain(settings, 'helia', false, count),
        'helia in a session': chain(settings, 'helia', true, count)
      })
      return report(found, { blocks: count, blockBytes: BLOCK_BYTES, encryption: 'tls', quick: settings.quick })
    }
  }
}

function report(found: Readonly<Record<Who, Rounds<Latency>>>, notes: Record<string, unknown>): Line[] {
  const rate = (who: Who): Series => series(found[who], ({ blocksPerSecond }) => blocksPerSecond)
  const block = series(found.barter, ({ blockMs }) => blockMs * 1000)
  const trip = series(found.barter, ({ roundTripMs }) => roundTripMs * 1000)
  const lines = [
    line(`${NAME}: round trip on a kept stream`, 'µs', trip, null, notes),
    line(`${NAME}: barter, a block`, 'µs', block, null, notes),
    line(`${NAME}: barter in round trips`, 'ratio', ratio(block, trip), { at: 'most', value: 3, stretch: 1.5 }, notes),
    line(`${NAME}: barter`, 'blocks/s', rate('barter'), null, notes)
  ]
  for (const who of ['helia', 'helia in a session'] as const) {
    const times = ratio(rate('barter'), rate(who))
    lines.push(line(`${NAME}: ${who}`, 'blocks/s', rate(who), null, notes))
    lines.push(line(`${NAME}: barter of ${who}`, 'ratio', times, { at: 'least', value: 15 }, notes))
  }
  return lines
}

function chain(settings: Settings, kind: Kind, inSession: boolean, count: number): Contender<Latency> {
  const warm = settings.cold ? 0 : WARM_BLOCKS
  const blocks = { seed: NAME, count: warm + count, blockBytes: BLOCK_BYTES }
  // Warmed up one after the other as well: a request of many would warm up other code.
  const spec = { name: NAME, kind, encryption: 'tls', blocks, warmBlocks: 0 } as const
  return (round) =>
    withPair(settings, { ...spec, round }, async ({ consumer, digests, timed }) => {
      const ping = () => consumer.call('pingPong', { count, bytes: BLOCK_BYTES })
      const job = { blockBytes: BLOCK_BYTES, concurrency: 1, inSession }
      if (warm > 0) await consumer.call('oneByOne', { ...job, digests: sliceDigests(digests, 0, warm) })
      const asked = { ...job, digests: sliceDigests(digests, warm, warm + count) }
      // Half of the round trips before and half after: the machine may be busier at one end.
      const before = await ping()
      const { latencies } = await timed(() => consumer.call('oneByOne', asked))
      const after = await ping()
      const totalMs = latencies.reduce((sum, ms) => sum + ms, 0)
      return {
        blockMs: median(latencies) ?? NaN,
        roundTripMs: median([...before.latencies, ...after.latencies]) ?? NaN,
        blocksPerSecond: count / (totalMs / 1000)
      }
    })
}
