import { describe, expect, test } from 'vitest'
import type { CellResult } from '../../src/laboratory/results.ts'
import { ofWorld, runSmall, SMALL } from './small-world.ts'

const { link, content } = SMALL

async function timeOf(changes: Record<string, unknown>, strategies = {}): Promise<number> {
  const result = await runSmall(changes, strategies)
  expect(ofWorld(result, 'failed')).toBe(0)
  return ofWorld(result, 'last_complete')
}

describe('the fields of a link', () => {
  test('regions: latencies are those between regions, others for another seed, and not latency_ms', async () => {
    const near = { ...link, regions: true, latency_ms: 0 }
    const [first, again, other] = [
      await timeOf({ link: near }),
      await timeOf({ link: { ...near, latency_ms: 5_000 } }),
      await timeOf({ link: near }, { seed: 2 })
    ]
    expect(again).toBe(first)
    expect(other).not.toBe(first)
    // Two rounds at least, each of two ways of half the shortest round trip there is.
    expect(first).toBeGreaterThan(2 * 22)
  })

  test('seed_latency_ms: seeds are as far away as they say, be it nearer or further', async () => {
    const far = await timeOf({ link: { ...link, seed_latency_ms: [300] } })
    const near = await timeOf({ link: { ...link, seed_latency_ms: [1] } })
    const same = await timeOf({ link: { ...link, seed_latency_ms: [20] } })
    // The root and what it links to: twice, what the seed sends is later by the difference.
    expect(far - same).toBeCloseTo(2 * 280, 0)
    expect(same - near).toBeCloseTo(2 * 19, 0)
    expect(same).toBe(await timeOf({}))
  })

  test('tcp: a young connection is slow', async () => {
    expect(await timeOf({ link: { ...link, tcp: 'lite' } })).toBeGreaterThan((await timeOf({})) + 35)
  })

  test('loss_pct: losses cost time, and there is none where nothing would make up for it', async () => {
    const lossless = { ...link, tcp: 'lite' }
    expect(await timeOf({ link: { ...lossless, loss_pct: 5 } })).toBeGreaterThan(await timeOf({ link: lossless }))
    await expect(runSmall({ link: { ...link, loss_pct: 5 } })).rejects.toThrow(
      'link.loss_pct is 5: expected 0, or a "tcp"'
    )
  })

  test('classes: peers send at the pace of their class, and shares add up to 1', async () => {
    const classes = (upload_mb: number): object => ({ ...link, classes: [{ share: 1, upload_mb }] })
    expect(await timeOf({ link: classes(5) })).toBeGreaterThan(2 * (await timeOf({ link: classes(50) })))
    expect(await timeOf({ link: classes(50) })).toBe(await timeOf({}))
    const uneven = { ...link, classes: [{ share: 0.5 }, { share: 0.4 }] }
    await expect(runSmall({ link: uneven })).rejects.toThrow(/^link\.classes is .*: expected shares that add up to 1$/u)
  })

  test('download_mb, jitter_pct, stream_setup_rtts, window_bytes: each changes the time', async () => {
    const plain = await timeOf({})
    expect(await timeOf({ link: { ...link, download_mb: 2 } })).toBeGreaterThan(plain + 1_000)
    expect(await timeOf({ link: { ...link, jitter_pct: 50 } })).not.toBe(plain)
    expect(await timeOf({ link: { ...link, stream_setup_rtts: 2 } })).toBeGreaterThan(plain + 80)
    expect(await timeOf({ link: { ...link, window_bytes: 1_000 } })).toBeGreaterThan(plain)
  })
})

describe('the fields of a host', () => {
  test('store.delay_ms: reads and writes take their time', async () => {
    // At the seed before the root can be sent, at the leech before it is told of it, and again for what follows.
    expect((await timeOf({ store: { delay_ms: 10 } })) - (await timeOf({}))).toBeGreaterThanOrEqual(40)
  })

  test('cpu: messages take work, more of it when all peers share a core', async () => {
    const own = await runSmall({ cpu: { perMessageUs: 2_000 } })
    const shared = await runSmall({ cpu: { perMessageUs: 2_000, shared: true } })
    const bytes = await timeOf({ cpu: { perByteNs: 500 } })
    const plain = await timeOf({})
    expect(ofWorld(own, 'last_complete')).toBeGreaterThan(plain + 8)
    expect(ofWorld(shared, 'last_complete')).toBeGreaterThan(ofWorld(own, 'last_complete'))
    expect(bytes).toBeGreaterThan(plain + 250)
    expect(ofWorld(own, 'lost_cpu')).toBeGreaterThan(0)
    expect(ofWorld(await runSmall(), 'lost_cpu')).toBe(0)
  })

  test('topology.nat_pct: nobody gets to a peer behind a NAT that knows nobody', async () => {
    const sparse = { kind: 'sparse', seed: 1, leech: 2 }
    const rest = { routing: { kind: 'instant', delay_ms: 10 }, limit_ms: 30_000, link }
    expect(ofWorld(await runSmall({ ...rest, topology: sparse }), 'failed')).toBe(0)
    expect(ofWorld(await runSmall({ ...rest, topology: { ...sparse, nat_pct: 100 } }), 'failed')).toBe(2)
  })
})

describe('routing', () => {
  const sparse = { kind: 'sparse', seed: 1, leech: 2 }

  test('none, instant and dht-phases: nobody, at once, after a walk and a dial', async () => {
    const found = (routing: object): Promise<CellResult> => runSmall({ topology: sparse, routing, limit_ms: 60_000 })
    expect(ofWorld(await found({ kind: 'none' }), 'failed')).toBe(2)
    const [slow, slower] = [
      await found({ kind: 'instant', delay_ms: 10 }),
      await found({ kind: 'instant', delay_ms: 500 })
    ]
    expect(first(slower) - first(slow)).toBeGreaterThanOrEqual(490)
    const phases = (walk: number, dial: number): Promise<CellResult> =>
      found({ kind: 'dht-phases', walk_s: [walk, 0], dial_s: [dial, 0] })
    const [short, walked, dialled] = [await phases(0.1, 0.1), await phases(2.1, 0.1), await phases(0.1, 2.1)]
    expect(first(walked) - first(short)).toBeCloseTo(2_000, 0)
    expect(first(dialled) - first(short)).toBeCloseTo(2_000, 0)
  })

  test('dht-phases: walks are of lognormal lengths, the same for the same seed', async () => {
    const routing = { kind: 'dht-phases', walk_s: [1, 1], dial_s: [0.1, 0.1] }
    const run = (seed: number): Promise<CellResult> => runSmall({ topology: sparse, routing }, { seed })
    expect((await run(1)).eventHash).toBe((await run(1)).eventHash)
    expect(first(await run(1))).not.toBe(first(await run(2)))
  })

  function first(result: CellResult): number {
    expect(ofWorld(result, 'failed')).toBe(0)
    return ofWorld(result, 'time_to_first_block_median')
  }
})

describe('churn', () => {
  const churn = { kind: 'weibull', median_ms: 2_000, shape: 1, off_ms: 1_500 }
  const big = { ...content, file_size: 8_000_000 }
  const slow = { link: { ...link, bandwidth_mb: 8 }, content: big, limit_ms: 600_000 }

  test('peers leave and come back, their blocks stay, and their requests go on', async () => {
    const [still, moving] = [await runSmall(slow), await runSmall({ ...slow, churn })]
    expect(ofWorld(moving, 'failed')).toBe(0)
    expect(ofWorld(moving, 'complaints')).toBe(0)
    expect(ofWorld(moving, 'last_complete')).toBeGreaterThan(ofWorld(still, 'last_complete') + 1_500)
    // Nothing that was here is fetched again.
    expect(ofWorld(moving, 'blocks')).toBe(ofWorld(still, 'blocks'))
  })

  test('is the same for the same seed, and of either distribution', async () => {
    const run = (kind: string): Promise<CellResult> => runSmall({ ...slow, churn: { ...churn, kind } })
    const [weibull, again, lognormal] = [await run('weibull'), await run('weibull'), await run('lognormal')]
    expect(again.eventHash).toBe(weibull.eventHash)
    expect(lognormal.eventHash).not.toBe(weibull.eventHash)
  })

  test('requests of a peer that does not come back fail when the time is up', async () => {
    const gone = { ...churn, median_ms: 1_000, off_ms: 10_000_000 }
    const result = await runSmall({ ...slow, churn: gone, limit_ms: 20_000 })
    expect(ofWorld(result, 'failed')).toBe(3)
  })
})

describe('the exchange', () => {
  test('strict: a strategy that refuses is obeyed, and is not asked otherwise', async () => {
    const run = (strict: boolean): Promise<CellResult> =>
      runSmall({ exchange: { strict }, limit_ms: 60_000, content: { file_size: 3_000_000 } }, { server: 'whitepaper' })
    const [loose, strict] = [await run(false), await run(true)]
    expect(ofWorld(loose, 'failed')).toBe(0)
    expect(ofWorld(strict, 'failed')).toBe(3)
    expect(ofWorld(strict, 'idle_uplink')).toBeGreaterThan(0.9)
  })

  test('replaceHaveBytes: a block that is small enough comes in the place of a word', async () => {
    const small = { content: { file_size: 900, rawLeaves: true } }
    const sent = async (replaceHaveBytes: number): Promise<number> =>
      ofWorld(await runSmall({ ...small, exchange: { replaceHaveBytes } }, { client: 'boxo' }), 'haves_sent')
    expect(await sent(0)).toBeGreaterThan(await sent(1_024))
  })
})
