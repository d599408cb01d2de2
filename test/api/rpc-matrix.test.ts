import { once } from 'node:events'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { LookupFunction } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ApiAccess } from '../../src/api/server/access.ts'
import type { TcpAddress } from '../../src/api/api-address.ts'
import type { HttpHandler } from '../../src/api/server/http-handler.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import { FakeService } from '../support/fake-service.ts'
import { FRIEND, MATRIX, OWNERS, READER, TOKEN, type MatrixCase } from './rpc-matrix.ts'

const ACCESS: ApiAccess = {
  token: TOKEN,
  requireToken: true,
  hosts: ['barter.example'],
  authorizations: [{ name: 'reader', secret: READER, allowedPaths: ['/api/v0/id', OWNERS] }],
  headers: { 'Access-Control-Allow-Origin': [FRIEND], 'X-Served-By': ['barter'] }
}

describe('the matrix of who may do what', () => {
  let service: FakeService
  let looks: number
  let server: ApiServer
  let address: TcpAddress

  const looked = (path: string, access: HttpHandler['access']): HttpHandler => ({
    path,
    access,
    handle: (_call, response) => {
      if (access !== 'page') looks++
      response.end()
      return Promise.resolve()
    }
  })

  beforeEach(async () => {
    service = new FakeService()
    looks = 0
    const handlers = [looked('/page/', 'page'), looked('/debug/data', 'data'), looked(OWNERS, 'owner')]
    server = new ApiServer({ service, version: '0', access: ACCESS, handlers })
    address = await server.start({ host: '127.0.0.1', port: 0 })
  })

  afterEach(() => server.stop())

  const send = async (one: Pick<MatrixCase, 'method' | 'path' | 'headers'>, lookup?: LookupFunction) => {
    const atPort = (text: string): string => text.replace('PORT', String(address.port))
    const headers: OutgoingHttpHeaders = Object.fromEntries(
      Object.entries(one.headers).map(([name, value]) => [name, atPort(String(value))])
    )
    const outgoing = request({ ...address, path: one.path, method: one.method, headers, ...(lookup && { lookup }) })
    const [response] = (await once(outgoing.end(), 'response')) as [IncomingMessage]
    response.resume()
    return response
  }

  it('is large enough', () => {
    expect(MATRIX.length).toBeGreaterThanOrEqual(120)
    expect(new Set(MATRIX.map(({ group, who }) => `${group}: ${who}`)).size).toBe(MATRIX.length)
  })

  it.each(MATRIX)('$group: $who: $status', async (one) => {
    expect((await send(one)).statusCode).toBe(one.status)
    const isDone = one.status === 200 && one.method === 'POST'
    expect(service.calls.length).toBe(isDone ? 1 : 0)
    if (one.status !== 200) expect(looks).toBe(0)
  })

  it('a hostile name that resolves to this machine gets nowhere, whatever its page sends', async () => {
    const toLoopback: LookupFunction = (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }])
    const host = `rebound.evil.example:${address.port}`
    const tries = ['GET', 'POST', 'OPTIONS'].flatMap((method) =>
      ['/api/v0/shutdown', '/debug/data', '/page/'].map((path) => ({ method, path }))
    )
    for (const one of tries) {
      const page = {
        Host: host,
        Origin: `http://${host}`,
        'Sec-Fetch-Site': 'same-origin',
        Authorization: `Bearer ${TOKEN}`
      }
      expect((await send({ ...one, headers: page }, toLoopback)).statusCode).toBe(403)
    }
    expect([service.calls, looks]).toEqual([[], 0])
  })

  it('tells a page that is let in how it may ask, and no other', async () => {
    const ask = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' }
    const { statusCode, headers } = await send({
      method: 'OPTIONS',
      path: '/api/v0/id',
      headers: { ...ask, Origin: FRIEND }
    })
    expect(statusCode).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': FRIEND,
      'access-control-allow-headers': expect.stringContaining('Authorization') as string,
      'access-control-allow-methods': expect.stringContaining('POST') as string,
      vary: 'Origin',
      'x-served-by': 'barter'
    })
    const other = await send({
      method: 'OPTIONS',
      path: '/api/v0/id',
      headers: { ...ask, Origin: 'https://evil.example' }
    })
    expect(other.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('says which answers a page may read, also when it refuses', async () => {
    const refused = await send({ method: 'POST', path: '/api/v0/id', headers: { Origin: FRIEND } })
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([403, FRIEND])
  })
})
