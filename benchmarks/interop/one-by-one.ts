/** One block after the other: what a walk through a DAG comes to, when each block tells of the next. */
import { type Contender, type Group, interleave, type Rounds, series, type Settings } from '../exchange/context.ts'
import { type Line, line, median, ratio, type Series } from '../exchange/line.ts'
import type { Kind } from './end.ts'
import { NO_SLOWER, type Pair } from './contenders.ts'
import { ENCRYPTION, withMeeting } from './meeting.ts'

const NAME = 'latency'
const BLOCK_BYTES = 1024
const WARM_BLOCKS = 100

interface Latency {
  readonly blocksPerSecond: number
  readonly medianMs: number
}

export const ONE_BY_ONE: Group = {
  name: NAME,
  about: '300 × 1 KiB, one after the other',
  run: async (settings) => {
    const count = settings.quick ? 30 : 300
    const found = await interleave<Latency, Pair>(settings, NAME, {
      'boxo→boxo': chain(settings, 'boxo', 'boxo', count),
      'boxo→barter': chain(settings, 'boxo', 'barter', count),
      'barter→boxo': chain(settings, 'barter', 'boxo', count),
      'barter→barter': chain(settings, 'barter', 'barter', count)
    })
    return report(found, { blocks: count, blockBytes: BLOCK_BYTES, encryption: ENCRYPTION, quick: settings.quick })
  }
}

function report(found: Readonly<Record<Pair, Rounds<Latency>>>, notes: Record<string, unknown>): readonly Line[] {
  const rate = (pair: Pair): Series => series(found[pair], ({ blocksPerSecond }) => blocksPerSecond)
  const of = (pair: Pair): Series => ratio(rate(pair), rate('boxo→boxo'))
  const lines = (Object.keys(found) as Pair[]).map((pair) => {
    const medianMs = found[pair].figures.map(({ medianMs }) => Number(medianMs.toPrecision(3)))
    return line(`${NAME}: ${pair}`, 'blocks/s', rate(pair), null, { ...notes, medianMs })
  })
  return [
    ...lines,
    line(`${NAME}: barter→barter of boxo→boxo`, 'ratio', of('barter→barter'), { at: 'least', value: 20 }, notes),
    line(`${NAME}: barter→boxo of boxo→boxo`, 'ratio', of('barter→boxo'), NO_SLOWER, notes),
    line(`${NAME}: boxo→barter of boxo→boxo`, 'ratio', of('boxo→barter'), null, notes)
  ]
}

function chain(settings: Settings, provider: Kind, consumer: Kind, count: number): Contender<Latency> {
  const warm = settings.quick ? 10 : WARM_BLOCKS
  const blocks = { seed: NAME, count: warm + count, blockBytes: BLOCK_BYTES }
  return () =>
    withMeeting(settings, { provider, consumer, blocks, warmBlocks: 0 }, async (meeting) => {
      const job = { digests: meeting.digests, blockBytes: BLOCK_BYTES, workers: 0, limitMs: settings.deadlineMs }
      // Warmed up one after the other as well: a request of many would warm up other code.
      const latencies = (await meeting.consumer.oneByOne(job)).slice(warm)
      const seconds = latencies.reduce((sum, ms) => sum + ms, 0) / 1000
      return { blocksPerSecond: count / seconds, medianMs: median(latencies) ?? NaN }
    })
}
