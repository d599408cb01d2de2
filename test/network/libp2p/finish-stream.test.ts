import { expect, it } from 'vitest'
import { finishStream } from '../../../src/network/libp2p/finish-stream.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { startNode } from './nodes.ts'
import { closed, openStream } from './wire-peer.ts'

const LIMITS = { flushMs: 1000, answerMs: 2000 }

it('ends when the other side answers', async () => {
  const [a, b] = [await startNode(), await startNode()]
  await b.handle('/ipfs/bitswap/1.2.0', (stream) => {
    stream.addEventListener('remoteCloseWrite', () => void stream.close())
  })
  const clock = new ManualClock()
  const stream = await openStream(a, b)
  await finishStream(stream, { clock, ...LIMITS })
  expect(stream.status).toBe('closed')
  expect(clock.timers).toBe(0)
})

it('resets a stream whose other side does not answer in time', async () => {
  const [a, b] = [await startNode(), await startNode()]
  const end = Promise.withResolvers<Error | undefined>()
  const halfClosed = Promise.withResolvers<undefined>()
  await b.handle('/ipfs/bitswap/1.2.0', (stream) => {
    void closed(stream).then(end.resolve)
    stream.addEventListener('remoteCloseWrite', () => halfClosed.resolve(undefined))
  })
  const clock = new ManualClock()
  const stream = await openStream(a, b)
  const finished = finishStream(stream, { clock, ...LIMITS })
  await halfClosed.promise
  clock.advance(2000)
  await finished
  expect(stream.status).toBe('aborted')
  expect(await end.promise).toMatchObject({ name: 'StreamResetError' })
})

it('resets a stream at once when its signal fires', async () => {
  const [a, b] = [await startNode(), await startNode()]
  await b.handle('/ipfs/bitswap/1.2.0', () => undefined)
  const controller = new AbortController()
  const stream = await openStream(a, b)
  const finished = finishStream(stream, { clock: new ManualClock(), ...LIMITS, signal: controller.signal })
  controller.abort()
  await finished
  expect(stream.status).toBe('aborted')
})
