/** Requests of a thousand, ten thousand and a hundred thousand CIDs: what a want costs must not grow with their number. */
import { sliceDigests } from './blocks.ts'
import { type Contender, type Group, interleave, series, type Settings } from './context.ts'
import { type Line, line, median, ratio } from './line.ts'
import { type Pair, withPair } from './pair.ts'

const BLOCK_BYTES = 1024
const NAME = 'wants'
const WARM_BLOCKS = 4_000

interface Costs {
  /** Microseconds for each want of a request of so many. */
  readonly small: number
  readonly middle: number
  readonly large: number
}

interface Sizes {
  readonly small: number
  readonly middle: number
  readonly large: number
  /** Requests of the small size: one lasts only milliseconds. Half of them run before the large one, half after. */
  readonly repeats: number
}

export function manyWants(): Group {
  return {
    name: NAME,
    about: '1,000, 10,000 and 100,000 wants of 1 KiB in one request; memory of wants that nobody answers',
    run: async (settings): Promise<readonly Line[]> => {
      const sizes = settings.quick
        ? { small: 1_000, middle: 2_000, large: 5_000, repeats: 4 }
        : { small: 1_000, middle: 10_000, large: 100_000, repeats: 20 }
      const found = await interleave<Costs, 'requests'>(settings, NAME, { requests: requests(settings, sizes) })
      const open = await interleave(settings, `${NAME}, open`, { memory: openWants(settings, sizes.large) })
      const cost = (size: keyof Costs) => series(found.requests, (costs) => costs[size])
      const notes = { blockBytes: BLOCK_BYTES, encryption: 'tls', quick: settings.quick }
      const row = (size: keyof Costs): Line =>
        line(`${NAME}: a want of ${sizes[size].toLocaleString('en')}`, 'µs', cost(size), null, notes)
      return [
        row('small'),
        row('middle'),
        row('large'),
        line(
          `${NAME}: ${sizes.large.toLocaleString('en')} against ${sizes.small.toLocaleString('en')}`,
          'ratio',
          ratio(cost('large'), cost('small')),
          { at: 'most', value: 1.5 },
          notes
        ),
        line(
          `${NAME}: memory of an open want`,
          'bytes',
          series(open.memory, (bytes) => bytes),
          null,
          {
            open: sizes.large,
            quick: settings.quick
          }
        )
      ]
    }
  }
}

function requests(settings: Settings, { small, middle, large, repeats }: Sizes): Contender<Costs> {
  const blocks = { seed: NAME, count: small * repeats + middle + large, blockBytes: BLOCK_BYTES }
  const spec = { name: NAME, kind: 'barter', encryption: 'tls', blocks, warmBlocks: WARM_BLOCKS } as const
  return (round) =>
    withPair(settings, { ...spec, round }, async (pair) => {
      let next = 0
      const request = async (count: number): Promise<number> => {
        const digests = sliceDigests(pair.digests, next, next + count)
        next += count
        const { ms } = await pair.consumer.call('fetch', { digests, blockBytes: BLOCK_BYTES, concurrency: count })
        return (ms * 1000) / count
      }
      const costs: number[] = []
      const some = async (): Promise<void> => {
        for (let index = 0; index < repeats / 2; index++) costs.push(await request(small))
      }
      await some()
      const atMiddle = await request(middle)
      const atLarge = await pair.timed(() => request(large))
      await some()
      return { small: median(costs) ?? NaN, middle: atMiddle, large: atLarge }
    })
}

/** All wants open at a time, which by default they are not: a request opens 4,096 and slides. */
function openWants(settings: Settings, count: number): Contender<number> {
  const blocks = { seed: `${NAME}, open`, count: 1, blockBytes: BLOCK_BYTES }
  const consumer = { flags: [], options: { session: { maxOpenWants: count } } }
  const spec = { name: `${NAME} open`, kind: 'barter', encryption: 'tls', blocks, consumer, warmBlocks: 0 } as const
  return (round) =>
    withPair(settings, { ...spec, round }, async ({ consumer }: Pair) => {
      const { bytesPerWant, open } = await consumer.call('openWants', { count })
      if (open !== count) throw new Error(`${open} wants are open, not ${count}`)
      return bytesPerWant
    })
}
