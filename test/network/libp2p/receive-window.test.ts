import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { NARROW_WINDOW_BYTES, ReceiveWindow } from '../../../src/network/libp2p/receive-window.ts'
import { addressesOf, startNode } from './nodes.ts'

const PROTOCOL = '/window/1.0.0'
const FIRST_WINDOW = 256 * 1024
const PIECE = 16 * 1024

/** A stream on which one end sends for as long as it is allowed to, and the other end of it. */
async function pouring(): Promise<{ readonly from: Stream; readonly into: Stream }> {
  const [server, client] = [await startNode(), await startNode()]
  const opened = Promise.withResolvers<Stream>()
  await server.handle(PROTOCOL, (stream) => {
    stream.addEventListener('message', () => undefined)
    opened.resolve(stream)
  })
  const connection = await client.dial(addressesOf(server).map((address) => multiaddr(address)))
  const from = await connection.newStream(PROTOCOL)
  return { from, into: await opened.promise }
}

/** Sends so many bytes; resolves when all of them have come or, paused, as many as the window lets through. */
async function pour(from: Stream, into: Stream, bytes: number): Promise<void> {
  const before = into.readBufferLength
  for (let sent = 0; sent < bytes; sent += PIECE) from.send(new Uint8Array(PIECE).fill(7))
  await expect.poll(() => into.readBufferLength - before + from.writeBufferLength, { timeout: 10_000 }).toBe(bytes)
}

it('a peer that was not asked for blocks has little on its way, one that was as much as ever', async () => {
  const { from, into } = await pouring()
  const window = new ReceiveWindow(into)
  window.narrow()
  let came = 0
  into.addEventListener('message', ({ data }) => (came += data.byteLength))
  for (let i = 0; i < 64; i++) if (!from.send(new Uint8Array(PIECE))) await from.onDrain()
  await expect.poll(() => came, { timeout: 10_000 }).toBe(64 * PIECE)
  into.pause()
  await pour(from, into, FIRST_WINDOW)
  expect(into.readBufferLength).toBe(NARROW_WINDOW_BYTES)

  window.widen()
  into.resume()
  await expect.poll(() => came, { timeout: 10_000 }).toBe(64 * PIECE + FIRST_WINDOW)
  into.pause()
  await pour(from, into, 2 * FIRST_WINDOW)
  expect(into.readBufferLength).toBeGreaterThanOrEqual(FIRST_WINDOW)
})

it('what waits behind a pause holds on to little more memory than its bytes', async () => {
  const { from, into } = await pouring()
  into.pause()
  await pour(from, into, 8 * PIECE)
  const came = new Promise<Uint8Array[]>((resolve) => {
    into.addEventListener('message', ({ data }) => resolve(data instanceof Uint8Array ? [data] : [...data]))
  })
  into.resume()
  const pieces = await came
  const buffers = new Set(pieces.map(({ buffer }) => buffer))
  const held = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(pieces.every((piece) => piece.every((byte) => byte === 7))).toBe(true)
  expect(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(8 * PIECE)
  expect(held).toBeLessThan(1.5 * 8 * PIECE)
})

it('leaves streams of other multiplexers as they are', () => {
  const stream = { recvWindow: undefined } as unknown as Stream
  const window = new ReceiveWindow(stream)
  window.narrow()
  window.widen()
  expect(stream).toEqual({ recvWindow: undefined })
})
