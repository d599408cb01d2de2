import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { debtRatio } from '../../../src/engine/strategies/debt-ratio.ts'
import { Libp2pWorld, libp2pWorld } from '../../../src/laboratory/libp2p/libp2p-world.ts'
import type { CellResult } from '../../../src/laboratory/results.ts'
import { runCell } from '../../../src/laboratory/run-cell.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import type { BuildWorld, WorldParts } from '../../../src/laboratory/world-like.ts'

/** Links so slow that what the machine adds to them changes no decision. */
const SCENARIO = {
  name: 'four',
  topology: { seed: 1, leech: 3 },
  link: { latency_ms: 25, bandwidth_mb: 100 },
  content: { file_size: 1_000_000 }
}
const STRATEGIES = { server: debtRatio, client: undefined }

/** The addresses on which nodes of a world listened, to see whether they still do. */
function watched(): { readonly build: BuildWorld; readonly open: () => Promise<number> } {
  const ports = new Set<number>()
  const build = (parts: WorldParts): Libp2pWorld => {
    const world = libp2pWorld(parts)
    const start = world.start.bind(world)
    world.start = async () => {
      await start()
      for (const address of world.addresses) ports.add(Number(/tcp\/(\d+)/u.exec(address)?.[1]))
    }
    return world
  }
  const open = async (): Promise<number> => {
    expect(ports.size).toBeGreaterThan(0)
    const states = await Promise.all([...ports].map(isOpen))
    return states.filter(Boolean).length
  }
  return { build, open }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

interface RunChanges {
  readonly scenario?: Record<string, unknown>
  readonly build?: BuildWorld
  readonly signal?: AbortSignal
}

function run({ scenario: changes = {}, ...options }: RunChanges = {}): Promise<CellResult> {
  const scenario = readScenario({ ...SCENARIO, ...changes })
  const cell = { scenario, server: 'debt-ratio', client: 'barter', seed: 1 }
  return runCell(cell, STRATEGIES, { stopwatch: () => performance.now(), ...options })
}

function world(result: CellResult, metric: string): number {
  return result.rows.find((row) => row.peer === -1 && row.metric === metric)?.value ?? NaN
}

describe('a world over libp2p', () => {
  test('completes what the virtual one does, in as many blocks, through libp2p', async () => {
    const { build, open } = watched()
    const [virtual, real] = [await run(), await run({ build })]
    expect(real).toMatchObject({ worldKind: 'libp2p', eventHash: 'none' })
    // Four leaves and a root, for each of three leeches.
    for (const result of [virtual, real]) {
      expect(world(result, 'failed')).toBe(0)
      expect(world(result, 'complaints')).toBe(0)
      expect(world(result, 'blocks')).toBe(3 * 5)
    }
    expect(world(real, 'block_data')).toBe(world(virtual, 'block_data'))
    // What libp2p wrote is what the links let through: all but the last words, which may be under way at the end.
    expect(world(real, 'libp2p_written')).toBeLessThanOrEqual(world(real, 'wire_sent'))
    expect(world(real, 'libp2p_written')).toBeGreaterThan(world(real, 'block_data'))
    expect(new Set(real.rows.map(({ metric }) => metric))).toContain('loop_utilisation')
    expect(real.rows.filter(({ peer, metric }) => peer === 3 && metric === 'time_to_fetch')).toHaveLength(1)
    expect(await open()).toBe(0)
  })

  test('holds messages back as its links say: no block comes before a round trip, nor faster than the uplink', async () => {
    const link = { latency_ms: 200, bandwidth_mb: 8 }
    const real = await run({ scenario: { link, topology: { seed: 1, leech: 1 } }, build: libp2pWorld })
    expect(world(real, 'time_to_first_block_median')).toBeGreaterThan(2 * 200 - 10)
    // A million bytes at 2²⁰ bytes a second, with what an idle uplink lets through at once.
    expect(world(real, 'time_to_fetch_median')).toBeGreaterThan(900)
  })

  test('is ended by its time limit, and by a signal, and leaves nothing open', async () => {
    const [limited, stopped] = [watched(), watched()]
    const slow = { link: { bandwidth_mb: 1 } }
    const result = await run({ scenario: { ...slow, limit_ms: 1 }, build: limited.build })
    expect(world(result, 'failed')).toBe(3)
    expect(await limited.open()).toBe(0)
    const abort = new AbortController()
    abort.abort(new Error('enough'))
    await expect(run({ scenario: slow, build: stopped.build, signal: abort.signal })).rejects.toThrow('enough')
    expect(await stopped.open()).toBe(0)
  })

  test.each([
    [
      { topology: { seed: 1, leech: 30 } },
      'over libp2p, topology is 1 seeds, 30 leeches, 0 passive: expected 30 peers'
    ],
    [{ churn: { kind: 'weibull' } }, 'over libp2p, churn is weibull: expected peers that stay'],
    [{ link: { regions: true } }, 'over libp2p, link.regions is true'],
    [{ adversary: { kind: 'sybil', fraction: 0.5 } }, 'over libp2p, adversary.kind is sybil']
  ])('does not begin what it cannot run: %j', async (scenario, message) => {
    await expect(run({ scenario, build: libp2pWorld })).rejects.toThrow(message)
  })
})
