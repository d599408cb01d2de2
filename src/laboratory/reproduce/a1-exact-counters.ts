import { checkedScenario, exact, peerValues, worldValue, type Check, type Reproduction } from './reproduction.ts'

/** The engine of go-bitswap as it was then: messages of 16 KiB, small blocks in place of haves. */
const EXCHANGE = { targetMessageBytes: 16 * 1024, replaceHaveBytes: 1_024 }

function scenario(seeds: number): Record<string, unknown> {
  return checkedScenario({
    name: `e0-${seeds}`,
    about: 'one leech fetches 4 MiB',
    topology: { kind: 'mesh', seed: seeds, leech: 1 },
    link: { latency_ms: 5, jitter_pct: 10, bandwidth_mb: 1_024 },
    content: { file_size: 4 * 1024 * 1024, chunk: 262_144, rawLeaves: false },
    exchange: EXCHANGE
  })
}

const SCENARIOS = { one: scenario(1), three: scenario(3) }

/** Counters that follow from the rules of the protocol, so that there is nothing to be tolerant about. */
export const a1: Reproduction = {
  name: 'a1',
  title: 'counters of a 4 MiB fetch, from one seed and from three',
  source: 'Grisham, testground-tests, raw run of 2020-07-08 (E0)',
  contradictions:
    'The published counter of duplicates says 0 although two more roots arrived: it misses what comes for a want that is done.',
  run: async ({ run, seeds }) => {
    const seed = seeds[0] ?? 1
    const request = (json: unknown) => ({ json, server: 'go-default', client: 'boxo', seed })
    const [one, three] = await run([request(SCENARIOS.one), request(SCENARIOS.three)])
    if (one === undefined || three === undefined) return []
    const leech = (result: typeof one, metric: string): number => peerValues(result, 'leech', metric)[0] ?? NaN
    const sent = peerValues(three, 'seed', 'blks_sent').toSorted((a, b) => b - a)
    const checks: Check[] = [
      exact('one seed: blocks received', 17, leech(one, 'blks_rcvd')),
      exact('one seed: block bytes received', 4_195_337, leech(one, 'block_data_rcvd')),
      exact('one seed: messages received', 17, leech(one, 'msgs_rcvd')),
      exact('three seeds: blocks received', 19, leech(three, 'blks_rcvd')),
      exact('three seeds: block bytes received', 4_196_955, leech(three, 'block_data_rcvd')),
      exact('three seeds: messages received', 19, leech(three, 'msgs_rcvd')),
      ...[17, 1, 1].map((blocks, at) => exact(`three seeds: blocks sent by seed ${at}`, blocks, sent[at] ?? NaN)),
      exact('three seeds: duplicates, counted our way', 2, worldValue(three, 'duplicates'))
    ]
    return checks
  }
}
