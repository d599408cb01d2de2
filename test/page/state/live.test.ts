import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../../src/api/service/insight-snapshot.ts'
import { LiveState, MAX_LOG_LINES } from '../../../src/page/state/live.ts'
import { SamplePeer } from '../support/sample-snapshot.ts'

const NOW = Date.UTC(2026, 0, 2)

function started(wants = 40): { state: LiveState; peer: SamplePeer; snapshot: Snapshot } {
  const peer = new SamplePeer({ wants, partners: 12, now: NOW })
  const snapshot = peer.snapshot(NOW)
  const state = new LiveState()
  state.take({ type: 'snapshot', snapshot }, NOW - 500)
  return { state, peer, snapshot }
}

const idsOf = (state: LiveState): readonly string[] => state.wants.shown.value.rows.map(({ id }) => id).sort()

describe('LiveState', () => {
  it('shows a snapshot, and what has changed since', () => {
    const { state, peer, snapshot } = started()
    expect(idsOf(state)).toEqual(snapshot.wants.rows.map(({ id }) => id).sort())
    for (let second = 1; second <= 30; second += 1) {
      state.take({ type: 'change', change: peer.next(NOW + second * 1_000) }, NOW + second * 1_000 - 500)
    }
    const whole = peer.snapshot(NOW + 30_000)
    expect(idsOf(state)).toEqual(whole.wants.rows.map(({ id }) => id).sort())
    expect(new Map(state.partners.shown.value.rows.map((row) => [row.id, row]))).toEqual(
      new Map(whole.partners.rows.map((row) => [row.id, row]))
    )
    expect(state.parts.traffic.value).toEqual(whole.traffic)
    expect(state.log.value).toHaveLength(40 + 30)
    expect(state.now(NOW)).toBe(NOW + 500)
  })

  it('leaves signals alone whose part has not changed', () => {
    const { state } = started()
    const [engine, partners] = [state.parts.engine.value, state.partners.shown.value]
    state.take({ type: 'change', change: { at: NOW + 1, wants: { total: 0, set: [], gone: idsOf(state) } } }, NOW)
    expect(state.wants.shown.value).toEqual({ total: 0, rows: [] })
    expect(state.parts.engine.value).toBe(engine)
    expect(state.partners.shown.value).toBe(partners)
  })

  it('takes everything in while it is held, and shows it when it is let go', () => {
    const { state, peer } = started()
    const before = idsOf(state)
    const rates = state.parts.traffic.value
    state.hold(true)
    state.take({ type: 'change', change: peer.next(NOW + 1_000, 0.9) }, NOW)
    expect([idsOf(state), state.parts.traffic.value]).toEqual([before, rates])
    expect(state.latestTraffic).not.toEqual(rates)
    state.hold(false)
    expect(idsOf(state)).not.toEqual(before)
    expect(state.parts.traffic.value).toBe(state.latestTraffic)
  })

  it('begins anew with another snapshot, as after a lost connection', () => {
    const { state } = started()
    const other = new SamplePeer({ wants: 3, partners: 1, now: NOW, seed: 99 }).snapshot(NOW)
    state.take({ type: 'snapshot', snapshot: other }, NOW)
    expect(idsOf(state)).toEqual(other.wants.rows.map(({ id }) => id).sort())
  })

  it('keeps the newest lines of the log, up to a bound', () => {
    const { state, snapshot } = started()
    const [line] = snapshot.log
    if (line === undefined) throw new Error('no line')
    const log = Array.from({ length: MAX_LOG_LINES + 5 }, (_, seq) => ({ ...line, seq: 1_000 + seq }))
    state.take({ type: 'change', change: { at: NOW, log } }, NOW)
    expect(state.log.value).toHaveLength(MAX_LOG_LINES)
    expect(state.log.value.at(-1)?.seq).toBe(1_000 + MAX_LOG_LINES + 4)
  })
})
