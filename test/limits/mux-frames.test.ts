import { describe, expect, it } from 'vitest'
import { arena, HONEST_PEERS, timeUntil } from './support/arena.ts'
import { MIB, report, scaled } from './support/scale.ts'

const MIB_SENT = scaled(64, 512)
const CONTROL_FRAMES = 2 * 1024 * 1024

describe('A frame of the multiplexer that is longer than any window', () => {
  it.each([
    { stream: 'a stream that is not there', known: false, encryption: ['tls'] as const },
    { stream: 'an open stream', known: true, encryption: ['noise'] as const }
  ])('for $stream closes the connection before it is collected', async ({ stream, known, encryption }) => {
    const { victim, attackers, honest, to } = await arena()
    await attackers.call('connect', { to, count: 1, encryption })
    await victim.call('watchMemory', 100)
    honest.keepFetching()
    const attack = attackers.call('longFrame', { claimed: 2 ** 29, mib: MIB_SENT, known })
    const closedMs = await timeUntil(async () => (await attackers.call('connected')) === 0, 10_000)
    await attack
    const most = await victim.call('mostMemory')
    const { blocks, p99Ms } = await honest.stopFetching()
    report('13', { stream, closedMs: closedMs ?? Infinity, mostMiB: most / MIB, blocks, p99Ms })
    expect(closedMs).toBeLessThanOrEqual(1_000)
    expect(most).toBeLessThanOrEqual(4 * MIB)
    expect(blocks).toBeGreaterThan(0)
  })
})

describe('A flood of control frames, whose answers nobody reads', () => {
  it.each([
    { frames: 'pings', attack: 'pings' },
    { frames: 'streams opened', attack: 'streamsOpened' },
    { frames: 'streams opened and reset', attack: 'streamsReset' },
    { frames: 'updates for nobody', attack: 'updatesForNobody' },
    { frames: 'empty data', attack: 'emptyFrames' },
    { frames: 'data of one byte', attack: 'singleBytes' }
  ] as const)('of $frames costs little, and the connection', async ({ frames, attack }) => {
    const { victim, attackers, honest, to } = await arena()
    await attackers.call('connect', { to, count: 1 })
    await victim.call('watchMemory', 100)
    honest.keepFetching()
    const started = performance.now()
    const attacking = attackers.call(attack, CONTROL_FRAMES)
    const closed = await timeUntil(async () => (await victim.call('connectedPeers')).length === HONEST_PEERS, 20_000)
    const closedMs = closed === undefined ? Infinity : performance.now() - started
    const sent = await attacking
    const most = await victim.call('mostMemory')
    const { blocks, p99Ms } = await honest.stopFetching()
    report('14', { frames, sent, closedMs, mostMiB: most / MIB, blocks, p99Ms })
    expect(closedMs).toBeLessThanOrEqual(5_000)
    expect(most).toBeLessThanOrEqual(8 * MIB)
    expect(blocks).toBeGreaterThan(0)
  })
})
