import { once } from 'node:events'
import { Agent, createServer, request, type ClientRequest, type Server } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { ApiMeter } from '../../../src/api/server/api-meter.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { eventually } from '../../support/eventually.ts'
import { FakeService } from '../../support/fake-service.ts'

it('counts what was asked and answered, each request of a connection by itself', async () => {
  const meter = new ApiMeter(() => performance.now())
  const server = new ApiServer({ service: new FakeService(), version: '0', access: { requireToken: false }, meter })
  const { port } = await server.start({ host: '127.0.0.1', port: 0 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(async () => {
    agent.destroy()
    await server.stop()
  })
  const ask = async (method: string, path: string, headers = {}): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const asked = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      answer.resume().on('end', () => resolve(undefined))
    })
    asked.end()
    await promise
  }
  await ask('POST', '/api/v0/version', { 'X-Long': 'x'.repeat(2_000) })
  await ask('POST', '/api/v0/version')
  await ask('GET', '/api/v0/version')
  await ask('PATCH', '/nothing')
  await eventually(() => meter.seconds.total === 4, 'four requests ended')
  const counts = Object.fromEntries(Array.from(meter.requests(), (one) => [`${one.method} ${one.code}`, one.count]))
  expect(counts).toEqual({ 'POST 200': 2, 'GET 405': 1, 'other 405': 1 })
  // Only the first has as many bytes; if those before counted as well, all would.
  expect(meter.requestBytes.counts.slice(2).reduce((sum, count) => sum + count)).toBe(1)
  expect(meter.responseBytes.total).toBe(4)
})

it.each([
  [499, 'who asked hung up', (asked: ClientRequest) => void asked.destroy()],
  [503, 'this side was stopped', (_asked: ClientRequest, server: Server) => server.closeAllConnections()]
])('counts as %i what has no answer because %s', async (code, _why, end) => {
  const meter = new ApiMeter(() => performance.now())
  const heard = Promise.withResolvers<undefined>()
  const server = createServer((asked, answer) => {
    meter.watch(asked, answer)
    heard.resolve(undefined)
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const asked = request({ host: '127.0.0.1', port: typeof address === 'object' ? address?.port : 0, method: 'POST' })
  asked.on('error', () => undefined)
  asked.end()
  await heard.promise
  end(asked, server)
  await eventually(() => meter.seconds.total === 1, 'it ended')
  expect([...meter.requests()]).toEqual([{ method: 'POST', code, count: 1 }])
})
