import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { Prefetch } from '../../src/session/prefetch.ts'
import { FakeSession } from '../support/fake-session.ts'
import { cid } from '../support/names.ts'
import { sampleCid, sampleCidV0 } from '../support/wire-samples.ts'

const fetchable = (): undefined => undefined

function numbered(count: number): CID[] {
  return Array.from({ length: count }, (_, number) => sampleCid(number))
}

describe('Prefetch', () => {
  it('asks for blocks below the priority of what a caller waits for', () => {
    const session = new FakeSession()
    new Prefetch(session, [cid('a')], fetchable, 10).start()
    expect(session.asked).toEqual([{ cid: cid('a'), priority: 0 }])
  })

  it('keeps a bounded number open, of a list without end', () => {
    const session = new FakeSession()
    let made = 0
    const endless = function* (): Generator<CID> {
      while (true) yield sampleCid(made++)
    }
    new Prefetch(session, endless(), fetchable, 4).start()
    expect(made).toBe(4)
    for (let number = 0; number < 100; number++) session.arrive(sampleCid(number))
    expect([made, session.mostOpen]).toEqual([104, 4])
  })

  it('goes on after a block that failed', () => {
    const session = new FakeSession()
    new Prefetch(session, numbered(3), fetchable, 1).start()
    session.fail(sampleCid(0), new Error('disk full'))
    session.arrive(sampleCid(1))
    expect(session.asked.map((asked) => asked.cid)).toEqual(numbered(3))
  })

  it('a block named twice, or under two CIDs, takes one place', () => {
    const session = new FakeSession()
    const v1 = sampleCid(0, 0x70)
    const list = [v1, v1, sampleCidV0(0), sampleCid(1), sampleCid(2), sampleCid(3)]
    new Prefetch(session, list, fetchable, 2).start()
    session.arrive(v1)
    session.arrive(sampleCid(1))
    expect([...session.waiters.keys()]).toEqual([cidKey(sampleCid(2)), cidKey(sampleCid(3))])
  })

  it('passes over CIDs that hold their block, and those that can never be fetched', () => {
    const session = new FakeSession()
    const admit = (of: CID): Uint8Array | undefined => {
      if (of.equals(cid('identity'))) return new Uint8Array(1)
      if (of.equals(cid('unknown hash'))) throw new Error('unsupported')
      return undefined
    }
    new Prefetch(session, [cid('identity'), cid('unknown hash'), cid('a')], admit, 10).start()
    expect(session.asked.map((asked) => asked.cid)).toEqual([cid('a')])
  })

  it('takes ten thousand blocks that are here already without running out of stack', () => {
    const session = new FakeSession()
    const cids = numbered(10_000)
    for (const of of cids) session.local.set(cidKey(of), new Uint8Array(1))
    new Prefetch(session, cids, fetchable, 10_000).start()
    expect(session.asked.length).toBe(10_000)
  })

  it('ends when its list throws, and harms nobody who brings it blocks', () => {
    const session = new FakeSession()
    const broken = function* (): Generator<CID> {
      yield cid('a')
      throw new Error('broken list')
    }
    new Prefetch(session, broken(), fetchable, 1).start()
    expect(() => session.arrive(cid('a'))).not.toThrow()
    expect(session.asked.length).toBe(1)
  })

  it('asks for nothing more of a session that was closed', () => {
    const session = new FakeSession()
    let made = 0
    const endless = function* (): Generator<CID> {
      while (true) yield sampleCid(made++)
    }
    new Prefetch(session, endless(), fetchable, 5).start()
    session.close()
    expect([made, session.waiters.size]).toEqual([5, 0])
  })

  it('says once that it has ended: when its list is through, or when it is closed', () => {
    const session = new FakeSession()
    let ended = 0
    const onEnd = (): number => ended++
    const through = new Prefetch(session, numbered(2), fetchable, 5, onEnd)
    through.start()
    expect(ended).toBe(1)
    through.close()
    const open = new Prefetch(session, numbered(9), fetchable, 5, onEnd)
    open.start()
    expect(ended).toBe(1)
    open.close()
    open.close()
    session.arrive(sampleCid(0))
    expect([ended, session.asked.length]).toEqual([2, 7])
  })

  it('is closed in peace, however its list takes that', () => {
    const broken = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false as const, value: cid('a') }),
        return: () => {
          throw new Error('no')
        }
      })
    }
    const prefetch = new Prefetch(new FakeSession(), broken, fetchable, 1)
    expect(() => prefetch.close()).not.toThrow()
  })
})
