import type { Stream } from '@libp2p/interface'
import { createLibp2p, type Libp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'

const ECHO = '/echo/1.0.0'

async function startNode(): Promise<Libp2p> {
  const node = await createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] }))
  onTestFinished(() => node.stop())
  return node
}

/** The way a yamux stream writes frames, good or bad. */
function frameWriter(stream: Stream): (header: object, data: Uint8Array) => unknown {
  if ('sendFrame' in stream && typeof stream.sendFrame === 'function') {
    return stream.sendFrame as (header: object, data: Uint8Array) => unknown
  }
  throw new Error('not a yamux stream')
}

it('closes the connection of a peer that claims a frame of half a GiB, and carries good frames', async () => {
  const [victim, attacker] = [await startNode(), await startNode()]
  let received = 0
  const whole = Promise.withResolvers<undefined>()
  await victim.handle(ECHO, (stream) => {
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
      if (received === 8 * 1024 * 1024) whole.resolve(undefined)
    })
  })
  const stream = await attacker.dialProtocol(victim.getMultiaddrs(), ECHO)
  stream.send(new Uint8Array(8 * 1024 * 1024))
  await whole.promise
  const gone = new Promise((resolve) => victim.addEventListener('peer:disconnect', resolve, { once: true }))
  frameWriter(stream)({ type: 0, flag: 0, streamID: Number(stream.id), length: 2 ** 29 }, new Uint8Array(1024))
  await gone
  expect(victim.getConnections()).toEqual([])
  expect(received).toBe(8 * 1024 * 1024)
})
