import { peerValues } from '../reproduce/reproduction.ts'
import type { CellResult } from '../results.ts'
import { sum } from '../statistics/quantile.ts'
import { differences, hypothesis, type Arm } from './hypothesis.ts'

/** Of the blocks that all seeds sent. */
function busiest(run: CellResult): number {
  const sent = peerValues(run, 'seed', 'blks_sent')
  return Math.max(...sent) / sum(sent)
}

/** There and back. */
const ROUND_TRIP_MS = 100
const MIB = 1024 * 1024
const LARGE = 16 * MIB

function arm(bytes: number, replaceHaveBytes: number): Arm {
  const json = {
    name: `h9-${bytes}-${replaceHaveBytes}`,
    about: 'one leech, three seeds',
    topology: { kind: 'mesh', seed: 3, leech: 1 },
    link: { latency_ms: ROUND_TRIP_MS / 2, jitter_pct: 10, bandwidth_mb: 100 },
    content: { file_size: bytes, rawLeaves: false },
    exchange: { targetMessageBytes: 16 * 1024, replaceHaveBytes }
  }
  return { json, server: 'go-default', client: 'boxo' }
}

export const h9 = hypothesis({
  name: 'h9',
  title: 'how large a block may be that is sent in place of a "have"',
  source: 'after boxo, WantHaveReplaceSize; arithmetic of roots',
  statement:
    'At 1 KiB the root of a file beyond about 5 MiB is too large; at 16 KiB the fetch of such a file saves one round trip, ' +
    'for less than 1 % of its bytes in duplicates.',
  limits: 'One leech and three seeds; with many neighbours that have the root, as many roots come.',
  arms: {
    small: arm(LARGE, 1_024),
    large: arm(LARGE, 16 * 1024),
    smallFile: arm(4 * MIB, 1_024),
    smallFileLarge: arm(4 * MIB, 16 * 1024)
  },
  claims: ({ world, each }) => {
    const time = 'time_to_fetch_median'
    const saved = (at: 'small' | 'smallFile'): readonly number[] => {
      const with16 = at === 'small' ? 'large' : 'smallFileLarge'
      return differences(world(at, time), world(with16, time)).map((ms) => ms / ROUND_TRIP_MS)
    }
    const more = differences(world('large', 'duplicate_data'), world('small', 'duplicate_data'))
    return [
      { what: '16 MiB: round trips saved', values: saved('small'), bound: { from: 0.75, to: 1.25 } },
      {
        what: '16 MiB: more bytes in duplicates, as a part of the file',
        values: more.map((bytes) => bytes / LARGE),
        bound: { to: 0.01 }
      },
      {
        what: '16 MiB: round trips saved to the first block',
        values: differences(
          world('small', 'time_to_first_block_median'),
          world('large', 'time_to_first_block_median')
        ).map((ms) => ms / ROUND_TRIP_MS)
      },
      { what: '16 MiB, 1 KiB: part that the busiest seed serves', values: each('small', busiest) },
      { what: '16 MiB, 16 KiB: the same', values: each('large', busiest) },
      { what: '4 MiB, whose root is small enough: round trips saved', values: saved('smallFile') }
    ]
  }
})
