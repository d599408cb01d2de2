import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { ConnectionBound } from '../../src/serving/connection-bound.ts'

const MAX = 4
/** More than the system takes for a client that reads nothing. */
const BIG = new Uint8Array(32 * 1024 * 1024)
const ASK = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

/** A server with MAX connections, which sends BIG. */
async function start(): Promise<number> {
  const server = createServer((_request, response) => response.end(BIG))
  new ConnectionBound(server, MAX)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const bound = server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : expect.fail()
}

async function open(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(text)
  // The answer begins, and is not read on.
  if (text === ASK) await once(socket, 'readable')
  return socket
}

async function sizeOf(port: number): Promise<number> {
  const outgoing = request({ host: '127.0.0.1', port, agent: false }).end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  let bytes = 0
  for await (const part of response) bytes += (part as Buffer).byteLength
  return bytes
}

it.each([
  ['say nothing', ''],
  ['do not read what they asked for', ASK]
])('clients that %s take no place from others', async (_what, text) => {
  const port = await start()
  for (let count = 0; count < 3 * MAX; count++) await open(port, text)
  expect(await sizeOf(port)).toBe(BIG.byteLength)
})
