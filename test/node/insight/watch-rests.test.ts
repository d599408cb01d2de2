import { expect, it } from 'vitest'
import { watch } from '../../../src/node/insight/watch.ts'
import { SamplePeer } from '../../page/support/sample-snapshot.ts'

it('rests longer the longer it took to look, so that a page costs a large peer no more than a small one', async () => {
  const peer = new SamplePeer({ wants: 3, partners: 2, now: 0 })
  const waits: number[] = []
  const end = new AbortController()
  const looks = [10, 60, 900]
  let clock = 0
  const wait = (ms: number): Promise<void> => {
    waits.push(ms)
    if (waits.length === 4) end.abort()
    return Promise.resolve()
  }
  const take = () => {
    clock += waits.length === 0 ? 0 : (looks[waits.length - 1] ?? 0)
    return peer.snapshot(clock)
  }
  const types: string[] = []
  for await (const { type } of watch({ take, wait, now: () => clock }, end.signal)) types.push(type)
  expect(waits).toEqual([1_000, 1_000, 1_800, 5_000])
  expect(types[0]).toBe('snapshot')
})
