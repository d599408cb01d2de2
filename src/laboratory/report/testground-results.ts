import type { Manifest } from '../experiment/result-writer.ts'
import { readScenario } from '../scenario/read-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { MetricTable } from './metric-table.ts'

/** Metrics as Testground's bitswap plans name them: of ours, and how many of theirs one of ours is. */
const METRICS: readonly (readonly [string, string, number])[] = [
  ['time_to_fetch', 'time_to_fetch', 1_000_000],
  ['leech_fails', 'leech_fails', 1],
  ['msgs_rcvd', 'msgs_rcvd', 1],
  ['data_sent', 'block_data_sent', 1],
  ['data_rcvd', 'block_data_rcvd', 1],
  ['block_data_rcvd', 'block_data_rcvd', 1],
  ['dup_data_rcvd', 'dup_data_rcvd', 1],
  ['blks_sent', 'blks_sent', 1],
  ['blks_rcvd', 'blks_rcvd', 1],
  ['dup_blks_rcvd', 'dup_blks_rcvd', 1],
  ['want_haves_rcvd', 'want_haves_rcvd', 1],
  ['want_blocks_rcvd', 'want_blocks_rcvd', 1],
  ['wants_rcvd', 'want_haves_rcvd', 1],
  ['wants_rcvd', 'want_blocks_rcvd', 1]
]

/**
 * Rows of single peers as Testground writes its `results.out`: a line of JSON for each, whose name is a path of keys and
 * values. `run` is the seed, and `groupName` the two strategies. Times are in nanoseconds; `ts` is 0, for no real time passed.
 */
export function testgroundResults({ scenario: json }: Pick<Manifest, 'scenario'>, table: MetricTable): string {
  const scenario = readScenario(json)
  const values = new Map<string, number>()
  for (const [at, metric] of table.metric.entries()) {
    const [peer = -1, value = NaN] = [table.peer[at], table.value[at]]
    if (peer < 0) continue
    const group = `${table.server[at] ?? ''}+${table.client[at] ?? ''}`.replaceAll('/', '_')
    for (const [name, ours, times] of METRICS) {
      if (ours !== metric) continue
      const path = `${pathOf(scenario, peer, table.seed[at] ?? 0, group)}/name:${name}`
      // Several files of one peer are several runs there: here, the last one that it had.
      values.set(path, name === 'wants_rcvd' ? (values.get(path) ?? 0) + value : value * times)
    }
  }
  const lines = Array.from(values, ([name, value]) =>
    JSON.stringify({ ts: 0, type: 'point', name, measures: { value } })
  )
  return lines.map((line) => `${line}\n`).join('')
}

function pathOf({ topology, link, content }: Scenario, peer: number, seed: number, group: string): string {
  const { seed: seeds, leech, passive, max_connection_rate } = topology
  const [type, first] =
    peer < seeds ? ['Seed', 0] : peer < seeds + leech ? ['Leech', seeds] : ['Passive', seeds + leech]
  const parts = [
    ['topology', `(${seeds}-${leech}-${passive})`],
    ['transport', 'bitswap'],
    ['maxConnectionRate', max_connection_rate],
    ['latencyMS', link.latency_ms],
    ['bandwidthMB', link.bandwidth_mb],
    ['run', seed],
    ['seq', peer + 1],
    ['groupName', group],
    ['groupSeq', peer + 1],
    ['fileSize', content.file_size[0] ?? 0],
    ['nodeType', type],
    ['nodeTypeIndex', peer - first + 1]
  ]
  return parts.map(([key, value]) => `${String(key)}:${String(value)}`).join('/')
}
