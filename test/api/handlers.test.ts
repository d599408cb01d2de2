import { once } from 'node:events'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPEN_ACCESS } from '../../src/api/server/access.ts'
import type { TcpAddress } from '../../src/api/api-address.ts'
import { findHandler } from '../../src/api/server/find-handler.ts'
import type { HttpHandler } from '../../src/api/server/http-handler.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import { FakeService } from '../support/fake-service.ts'

const handler = (path: string, access: HttpHandler['access'], handle: HttpHandler['handle']): HttpHandler => ({
  path,
  access,
  handle
})

describe('what the API port serves beside commands', () => {
  const ended = Promise.withResolvers<unknown>()
  let server: ApiServer
  let address: TcpAddress

  beforeEach(async () => {
    const handlers = [
      handler('/page/', 'page', ({ url }, response) => {
        response.end(`page ${url.pathname}`)
        return Promise.resolve()
      }),
      handler('/page/events', 'data', async ({ signal }, response) => {
        response.flushHeaders()
        await once(signal, 'abort')
        ended.resolve(signal.reason)
      }),
      handler('/broken', 'page', () => Promise.reject(new Error('no such file'))),
      handler('/late', 'page', (_call, response) => {
        response.write('half')
        return Promise.reject(new Error('no such file'))
      })
    ]
    server = new ApiServer({ service: new FakeService(), version: '0', access: OPEN_ACCESS, handlers })
    address = await server.start({ host: '127.0.0.1', port: 0 })
  })

  afterEach(() => server.stop())

  const get = async (path: string, method = 'GET', headers: OutgoingHttpHeaders = {}): Promise<IncomingMessage> => {
    const outgoing = request({ ...address, path, method, headers }).end()
    return ((await once(outgoing, 'response')) as [IncomingMessage])[0]
  }

  const read = async (path: string, method?: string, headers?: OutgoingHttpHeaders): Promise<[number, string]> => {
    const response = await get(path, method, headers)
    const text = (await response.toArray()).join('')
    return [response.statusCode ?? 0, text]
  }

  it('answers on its paths, and only to be looked at', async () => {
    expect(await read('/page/')).toEqual([200, 'page /page/'])
    expect(await read('/page/a/b.js?x=1')).toEqual([200, 'page /page/a/b.js'])
    expect(await read('/page/', 'HEAD')).toEqual([200, ''])
    expect((await read('/page'))[0]).toBe(404)
    expect((await read('/page/', 'POST'))[0]).toBe(405)
    expect((await read('/api/v0/version', 'GET'))[0]).toBe(405)
    expect((await read('/else'))[0]).toBe(404)
    expect((await read('http://['))[0]).toBe(400)
  })

  it('is kept from pages of others', async () => {
    for (const path of ['/page/', '/page/events']) {
      expect((await read(path, 'GET', { Host: 'evil.example' }))[0]).toBe(403)
      expect((await read(path, 'GET', { Origin: 'http://evil.example' }))[0]).toBe(403)
      expect((await read(path, 'GET', { 'Sec-Fetch-Site': 'cross-site' }))[0]).toBe(403)
    }
  })

  it('tells of a failure, whole or by hanging up', async () => {
    expect(await read('/broken')).toEqual([500, expect.stringContaining('no such file')])
    await expect(read('/late')).rejects.toThrow('aborted')
  })

  it('learns that its reader has gone, or that the API stops', async () => {
    const response = await get('/page/events')
    response.destroy()
    expect(await ended.promise).toMatchObject({ name: 'AbortError' })
    const second = await get('/page/events')
    second.on('error', () => undefined).resume()
    await server.stop()
  })

  it('goes to the handler that says most of the path', () => {
    const [wide, narrow] = ['/page/', '/page/events'].map((path) => handler(path, 'page', () => Promise.resolve()))
    if (wide === undefined || narrow === undefined) throw new Error('two handlers')
    expect(findHandler([wide, narrow], '/page/events')).toBe(narrow)
    expect(findHandler([wide, narrow], '/page/events/x')).toBe(wide)
    expect(findHandler([wide, narrow], '/pages')).toBeUndefined()
  })
})
