import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { ConnectionBound } from '../../src/serving/connection-bound.ts'
import { countedStatus } from '../../src/serving/counted-status.ts'

/** A server that has one place and no answer, and a client that is still sending. */
async function world() {
  const server = createServer()
  new ConnectionBound(server, 1)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : expect.fail()
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>
  const client = await open()
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegin')
  const [, response] = await asked
  return { server, open, client, response }
}

type World = { readonly server: Server; readonly open: () => Promise<Socket>; readonly client: Socket }

it.each<[status: number, what: string, end: (world: World) => unknown]>([
  [499, 'a client that closes the connection', ({ client }) => client.destroy()],
  [499, 'a client that breaks it', ({ client }) => client.resetAndDestroy()],
  [503, 'a server that closes it', ({ server }) => server.closeAllConnections()],
  [503, 'a place made for others', ({ open }) => open()]
])('what has no answer counts as %i, of %s', async (status, _what, end) => {
  const made = await world()
  const closed = once(made.response, 'close')
  end(made)
  await closed
  expect(countedStatus(made.response)).toBe(status)
})
