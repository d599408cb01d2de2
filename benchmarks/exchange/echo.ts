/** The round trip that a want cannot beat: a message and its echo on a stream that stays open. */
import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'

const PROTOCOL = '/barter-benchmark/echo/1.0.0'

export async function serveEcho(node: Libp2p): Promise<void> {
  await node.handle(PROTOCOL, (stream) => {
    stream.addEventListener('message', ({ data }) => stream.send(data))
  })
}

/** Milliseconds of each of so many round trips of so many bytes, after as many again to warm up. */
export async function pingPong(node: Libp2p, address: string, count: number, bytes: number): Promise<number[]> {
  const stream = await node.dialProtocol(multiaddr(address), PROTOCOL)
  const message = Buffer.alloc(bytes, 7)
  const latencies: number[] = []
  for (let round = 0; round < count * 2; round++) {
    const start = performance.now()
    await echoed(stream, message)
    if (round >= count) latencies.push(performance.now() - start)
  }
  await stream.close()
  return latencies
}

function echoed(stream: Stream, message: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = message.byteLength
    const heard = ({ data }: { data: { byteLength: number } }): void => {
      left -= data.byteLength
      if (left > 0) return
      stream.removeEventListener('message', heard)
      stream.removeEventListener('close', closed)
      resolve()
    }
    const closed = (): void => reject(new Error('the stream closed'))
    stream.addEventListener('message', heard)
    stream.addEventListener('close', closed)
    stream.send(message)
  })
}
