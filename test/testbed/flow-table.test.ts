import { describe, expect, it } from 'vitest'
import { FlowTable, type Stranding } from './flow-table.ts'
import type { InnerPacket, Segment } from './inner-packet.ts'

const PLAIN: Segment = {
  fromPort: 5_000,
  toPort: 4_001,
  sequence: 100,
  acknowledged: 0,
  payloadBytes: 0,
  opens: false,
  resets: false,
  acknowledges: true
}

/** A segment of the one connection of these tests: from port 5000 of host 1 to port 4001 of host 2. */
function forth(change: Partial<Segment> = {}): InnerPacket {
  return { from: 1, to: 2, segment: { ...PLAIN, acknowledged: 70, ...change } }
}

function back(change: Partial<Segment> = {}): InnerPacket {
  return { from: 2, to: 1, segment: { ...PLAIN, fromPort: 4_001, toPort: 5_000, acknowledged: 50, ...change } }
}

function opened(): FlowTable {
  const flows = new FlowTable()
  flows.judge(forth({ opens: true, acknowledges: false }))
  flows.judge(back())
  flows.judge(forth())
  return flows
}

describe('connections between hosts', () => {
  it('carry what they are given, and so does anything that is not TCP or not known', () => {
    const flows = opened()
    expect(flows.judge(forth({ payloadBytes: 900 }))).toBe('pass')
    expect(flows.judge({ from: 1, to: 2, segment: undefined })).toBe('pass')
    expect(flows.judge(forth({ fromPort: 6_000 }))).toBe('pass')
  })

  it('are cut with resets that each end believes', () => {
    const flows = opened()
    expect(flows.cut(2, 1)).toEqual([
      { to: 1, from: 2, toPort: 5_000, fromPort: 4_001, sequence: 70 },
      { to: 2, from: 1, toPort: 4_001, fromPort: 5_000, sequence: 50 }
    ])
    expect(flows.cut(1, 2)).toEqual([])
    expect(flows.judge(forth())).toBe('reset')
    expect(flows.judge(back())).toBe('reset')
    expect(flows.judge(back({ resets: true }))).toBe('pass')
  })

  it('are cut once so many bytes have gone over the link', () => {
    const flows = opened()
    flows.cutAfter(1, 2, 1_000)
    expect(flows.judge(forth({ payloadBytes: 600 }))).toBe('pass')
    expect(flows.judge(back({ payloadBytes: 399 }))).toBe('pass')
    expect(flows.judge(forth({ payloadBytes: 1 }))).toBe('cut-link')
    expect(flows.judge(forth({ payloadBytes: 1 }))).toBe('pass')
    flows.cutAfter(1, 2, 1)
    flows.calm(2, 1)
    expect(flows.judge(forth({ payloadBytes: 600 }))).toBe('pass')
  })

  it.each([
    ['nothing', 'swallow', 'swallow', []],
    ['a-to-b', 'pass', 'swallow', []],
    ['b-to-a', 'swallow', 'pass', []],
    ['a-knows', 'reset', 'swallow', [1]],
    ['b-knows', 'swallow', 'reset', [2]]
  ] as const)('are half-open: %s', (stranding: Stranding, there, andBack, told) => {
    const flows = opened()
    expect(flows.strand(1, 2, stranding).map(({ to }) => to)).toEqual(told)
    expect(flows.judge(forth())).toBe(there)
    expect(flows.judge(back())).toBe(andBack)
  })

  it('may be opened anew on the ports of one that is broken', () => {
    const flows = opened()
    flows.strand(1, 2, 'nothing')
    expect(flows.judge(forth({ opens: true, acknowledges: false }))).toBe('pass')
    expect(flows.judge(back())).toBe('pass')
  })

  it('of other links are not concerned', () => {
    const flows = opened()
    expect(flows.cut(1, 3)).toEqual([])
    flows.strand(2, 3, 'nothing')
    expect(flows.judge(forth())).toBe('pass')
  })

  it('are forgotten, oldest first, when there are too many', () => {
    const flows = opened()
    for (let fromPort = 10_000; fromPort < 14_095; fromPort++) flows.judge(forth({ fromPort, opens: true }))
    expect(flows.cut(1, 2).filter(({ toPort }) => toPort === 5_000)).toHaveLength(1)
    flows.judge(forth({ fromPort: 20_000, opens: true }))
    expect(flows.judge(forth())).toBe('pass')
  })
})
