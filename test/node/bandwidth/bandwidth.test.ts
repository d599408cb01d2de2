import { describe, expect, it } from 'vitest'
import { Bandwidth } from '../../../src/node/bandwidth/bandwidth.ts'

describe('bandwidth', () => {
  it('is bytes, and bytes a second that follow what happens', () => {
    let now = 0
    const bandwidth = new Bandwidth(() => now)
    bandwidth.start()
    bandwidth.stop()
    for (let second = 1; second <= 30; second++) {
      bandwidth.all.in.add(1_000)
      now = second * 1_000
      bandwidth.tick()
    }
    expect(bandwidth.all.info()).toMatchObject({ totalIn: 30_000, totalOut: 0, rateOut: 0 })
    expect(bandwidth.all.info().rateIn).toBeGreaterThan(990)
    for (let second = 31; second <= 60; second++) {
      now = second * 1_000
      bandwidth.tick()
    }
    expect(bandwidth.all.info()).toEqual({ totalIn: 30_000, totalOut: 0, rateIn: 0, rateOut: 0 })
  })

  it('keeps the peers and protocols that were used last', () => {
    const bandwidth = new Bandwidth(() => 0)
    bandwidth.peer('first').in.add(1)
    bandwidth.protocol('/first').in.add(1)
    for (let index = 0; index < 2_048; index++) bandwidth.peer(`peer-${index}`).in.add(2)
    for (let index = 0; index < 128; index++) bandwidth.protocol(`/p/${index}`).in.add(2)
    expect(bandwidth.ofPeer('first').totalIn).toBe(0)
    expect(bandwidth.ofPeer('peer-0').totalIn).toBe(2)
    expect(bandwidth.ofProtocol('/first').totalIn).toBe(0)
    expect(bandwidth.ofProtocol('/p/0').totalIn).toBe(2)
  })
})
