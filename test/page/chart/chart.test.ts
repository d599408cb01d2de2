import { describe, expect, it } from 'vitest'
import { minutesBack } from '../../../src/page/chart/chart-options.ts'
import { MAX_SAMPLES, RateHistory } from '../../../src/page/chart/rate-history.ts'
import { scaleEnd, stackedColumns } from '../../../src/page/chart/stacked.ts'

const FLOWS = { in: { payload: 10, duplicate: 2, overhead: 1 }, out: { payload: 5, duplicate: 0, overhead: 3 } }

describe('the chart', () => {
  it('names as many minutes as have room', () => {
    expect(minutesBack(0, 300, 700)).toEqual([0, 60, 120, 180, 240, 300])
    expect(minutesBack(0, 300, 230)).toEqual([60, 180, 300])
    expect(minutesBack(0, 300, 10)).toEqual([300])
    expect(minutesBack(0, 300, 0)).toEqual([])
  })

  it('stacks what came in above the line, and what went out below; a gap is a gap', () => {
    expect(stackedColumns([{ at: 1_000, flows: FLOWS }, { at: 2_000 }])).toEqual([
      [1, 2],
      [13, null],
      [12, null],
      [10, null],
      [-8, null],
      [-5, null]
    ])
  })

  it('ends its scale at a round figure above the peak', () => {
    expect([scaleEnd(0, 0), scaleEnd(-7e6, 4e6), scaleEnd(0, 9.9e6), scaleEnd(-1, 1.2e4)]).toEqual([
      1_500, 8e6, 15e6, 15_000
    ])
  })

  it('keeps the newest samples, up to a bound, and draws nothing new while it is held', () => {
    const history = new RateHistory()
    for (let at = 0; at < MAX_SAMPLES + 3; at += 1) history.push({ at }, at > 5)
    expect([history.samples.length, history.samples[0]?.at, history.version.value]).toEqual([MAX_SAMPLES, 3, 6])
  })
})
