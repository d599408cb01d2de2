import { mean, sum } from '../statistics/quantile.ts'
import { checkedScenario, ordering, short, worldValue, type Check, type Reproduction } from './reproduction.ts'

const LATENCY_MS = 100
const ROUND_TRIP_MS = 2 * LATENCY_MS
const SIZES = [5, 10, 20, 30]
/** Of Kademlia's buckets. */
const K = 20

const ASKERS = 40
const BYSTANDERS = 160
const REPLICAS = 4
const CONNECTIONS = 10
/** Enough to ask a neighbour and get the block of it; too little for one that had to get it first. */
const ONE_HOP_MS = 2.4 * ROUND_TRIP_MS

function base(name: string): Record<string, unknown> {
  return {
    name,
    link: { latency_ms: LATENCY_MS, bandwidth_mb: 100 },
    content: { file_size: 49_000, rawLeaves: false },
    exchange: { targetMessageBytes: 16 * 1024, providerSearchDelayMs: 0 }
  }
}

function byBitswap(peers: number): Record<string, unknown> {
  return checkedScenario({ ...base(`e9-bitswap-${peers}`), topology: { kind: 'mesh', seed: 1, leech: peers - 1 } })
}

/** Nobody is connected to the seed, which is found by a walk of (1 + log_K N) round trips and then dialled. */
function byRouting(peers: number): Record<string, unknown> {
  const walk = (1 + Math.log(peers) / Math.log(K)) * ROUND_TRIP_MS
  return checkedScenario({
    ...base(`e9-dht-${peers}`),
    topology: { kind: 'mesh', seed: 1, leech: peers - 1, max_connection_rate: 0 },
    routing: { kind: 'instant', delay_ms: Math.round(walk) }
  })
}

const DISCOVERY = checkedScenario({
  ...base('e9-discovery'),
  topology: { kind: 'random', seed: REPLICAS, leech: ASKERS, passive: BYSTANDERS, degree: CONNECTIONS },
  limit_ms: ONE_HOP_MS
})

/** Asking neighbours against asking the DHT, and how likely a neighbour has the block at all. */
export const a6: Reproduction = {
  name: 'a6',
  title: 'time to the first block, by bitswap and by a DHT; and the chance that a neighbour has it',
  source: 'de la Rocha et al. 2021, Fig. 6–7 and their model (E9)',
  run: async (bench) => {
    const seeds = bench.seeds.slice(0, 10)
    const seed = seeds[0] ?? 1
    // The DHT is asked at once: waiting first for connected peers is no part of what is compared.
    const client = 'boxo:searchDelayMs=0'
    const cell = (json: unknown, one: number) => ({ json, server: 'go-default', client, seed: one })
    const pairs = SIZES.flatMap((peers) => [cell(byBitswap(peers), seed), cell(byRouting(peers), seed)])
    const results = await bench.run([...pairs, ...seeds.map((one) => cell(DISCOVERY, one))])
    const first = (at: number): number => {
      const result = results[at]
      return result === undefined ? NaN : worldValue(result, 'time_to_first_block_median')
    }
    const found = results.slice(pairs.length).map((result) => 1 - worldValue(result, 'failed') / ASKERS)
    return [
      ...SIZES.map((peers, at): Check => {
        const [bitswap, dht] = [first(2 * at), first(2 * at + 1)]
        return ordering(
          `${peers} peers`,
          'bitswap is about 30 % faster, within two round trips (400 ms) of finding',
          `${short(bitswap)} ms, and ${short(dht)} ms by the DHT: ${short(Math.round(100 * (1 - bitswap / dht)))} % faster`,
          bitswap <= 0.8 * dht
        )
      }),
      discoveryCheck(found, seeds.length)
    ]
  }
}

/** P = r · l / n, for neighbourhoods that do not overlap. */
function discoveryCheck(found: readonly number[], runs: number): Check {
  const peers = REPLICAS + ASKERS + BYSTANDERS
  const expected = (REPLICAS * CONNECTIONS) / peers
  const trials = runs * ASKERS
  const halfWidth = 1.96 * Math.sqrt((expected * (1 - expected)) / trials)
  const measured = mean(found)
  return ordering(
    `a neighbour has it: ${REPLICAS} replicas, ${CONNECTIONS} connections, ${peers} peers`,
    `r·l/n = ${short(expected)}, within ${short(halfWidth)} for ${trials} peers`,
    short(measured),
    sum(found) > 0 && Math.abs(measured - expected) <= halfWidth,
    'the degree of a random graph varies, and askers that got the block serve others'
  )
}
