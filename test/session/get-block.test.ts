import { describe, expect, it } from 'vitest'
import type { ProgressEventLike } from '../../src/exchange.ts'
import { getBlock } from '../../src/session/get-block.ts'
import { FakeSession } from '../support/fake-session.ts'
import { ALICE, cid, key } from '../support/names.ts'

const A = cid('a')
const BYTES = Uint8Array.of(1, 2, 3)

/** A signal that counts who listens to it. */
function watchedSignal() {
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  return { controller, signal, listeners: () => listeners }
}

describe('getBlock', () => {
  it('resolves with the block, and tells of the want and the block', async () => {
    const session = new FakeSession()
    const { signal, listeners } = watchedSignal()
    const events: ProgressEventLike[] = []
    const block = getBlock(session, A, 3, { signal, onProgress: (event) => void events.push(event) })
    expect(session.asked).toEqual([{ cid: A, priority: 3 }])
    session.tellAsked(A, ALICE)
    session.arrive(A, BYTES, ALICE)
    expect(await block).toBe(BYTES)
    expect(events).toEqual([
      { type: 'bitswap:want', detail: A },
      { type: 'bitswap:send-wantlist', detail: { cid: A, peer: ALICE } },
      { type: 'bitswap:block', detail: { cid: A, from: ALICE } }
    ])
    expect(listeners()).toBe(0)
  })

  it('resolves with a block that is here already', async () => {
    const session = new FakeSession()
    session.local.set(key('a'), BYTES)
    expect(await getBlock(session, A, 1, {})).toBe(BYTES)
  })

  it('rejects when the want fails', async () => {
    const session = new FakeSession()
    const { signal, listeners } = watchedSignal()
    const block = getBlock(session, A, 1, { signal })
    session.fail(A, new Error('disk full'))
    await expect(block).rejects.toThrow('disk full')
    expect(listeners()).toBe(0)
  })

  it('rejects with the reason of the signal, at once, and takes the want back', async () => {
    const session = new FakeSession()
    const { controller, signal, listeners } = watchedSignal()
    const events: string[] = []
    const block = getBlock(session, A, 1, { signal, onProgress: ({ type }) => void events.push(type) })
    controller.abort(new Error('changed my mind'))
    expect(session.waiters.size).toBe(0)
    await expect(block).rejects.toThrow('changed my mind')
    expect(events).toEqual(['bitswap:want', 'bitswap:unwant'])
    expect(listeners()).toBe(0)
  })

  it('asks for nothing when the signal has aborted before', async () => {
    const session = new FakeSession()
    const block = getBlock(session, A, 1, { signal: AbortSignal.abort(new Error('too late')) })
    await expect(block).rejects.toThrow('too late')
    expect(session.asked).toEqual([])
  })

  it('two waiters and one abort leave one waiter', async () => {
    const session = new FakeSession()
    const controller = new AbortController()
    const first = getBlock(session, A, 1, { signal: controller.signal })
    const second = getBlock(session, A, 1, {})
    controller.abort(new Error('changed my mind'))
    await expect(first).rejects.toThrow('changed my mind')
    session.arrive(A, BYTES)
    expect(await second).toBe(BYTES)
  })

  it.each(['bitswap:want', 'bitswap:send-wantlist', 'bitswap:block'])(
    'a listener that throws at %s fails its own call and no other',
    async (at) => {
      const session = new FakeSession()
      const { signal, listeners } = watchedSignal()
      const onProgress = ({ type }: ProgressEventLike): void => {
        if (type === at) throw new Error('bad listener')
      }
      const bad = getBlock(session, A, 1, { signal, onProgress })
      const outcome = expect(bad).rejects.toThrow('bad listener')
      const good = getBlock(session, A, 1, {})
      session.tellAsked(A, ALICE)
      expect(session.waiters.get(key('a'))?.size).toBe(at === 'bitswap:block' ? 2 : 1)
      session.arrive(A, BYTES)
      await outcome
      expect(await good).toBe(BYTES)
      expect(listeners()).toBe(0)
    }
  )

  it('a listener that throws at an abort changes nothing of it', async () => {
    const session = new FakeSession()
    const controller = new AbortController()
    const onProgress = ({ type }: ProgressEventLike): void => {
      if (type === 'bitswap:unwant') throw new Error('bad listener')
    }
    const block = getBlock(session, A, 1, { signal: controller.signal, onProgress })
    controller.abort(new Error('changed my mind'))
    await expect(block).rejects.toThrow('changed my mind')
  })
})
