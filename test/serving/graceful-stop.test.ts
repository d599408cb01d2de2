import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { GracefulStop } from '../../src/serving/graceful-stop.ts'

const NEVER_MS = 1_000_000

/** A server, what it owes to one client that keeps its connection, and what that hears. */
async function oneAsks(graceMs: number) {
  const server = createServer().listen(0, '127.0.0.1')
  const stop = new GracefulStop(server, graceMs)
  await once(server, 'listening')
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => {
    agent.destroy()
    server.closeAllConnections()
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : expect.fail()
  const outgoing = request({ host: '127.0.0.1', port, agent }).end()
  const heard = once(outgoing, 'response').then(([response]) => {
    const { statusCode } = (response as IncomingMessage).resume()
    return statusCode
  })
  const outcome = heard.catch((error: unknown) => (error instanceof Error ? error.message : error))
  const [, owed] = (await once(server, 'request')) as [IncomingMessage, ServerResponse]
  return { server, stop, owed, outcome }
}

it('ends as soon as what is under way is answered, though connections are kept for more', async () => {
  const { stop, owed, outcome } = await oneAsks(NEVER_MS)
  const stopped = Promise.all([stop.stop(), stop.stop()])
  owed.end()
  expect(await outcome).toBe(200)
  await stopped
  await stop.stop()
})

it('ends without what is not answered in time', async () => {
  const { stop, outcome } = await oneAsks(1)
  await stop.stop()
  expect(await outcome).toBe('socket hang up')
})

it('has nothing to end where nobody listens', async () => {
  await new GracefulStop(createServer(), NEVER_MS).stop()
})
