import { describe, expect, it, onTestFinished } from 'vitest'
import type { ApiAccess } from '../../../src/api/server/access.ts'
import { CODE_PATH, TOKEN_PATH } from '../../../src/api/server/dashboard-paths.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { dashboardCodeHandlers } from '../../../src/node/dashboard/dashboard-codes.ts'
import { dashboardLink, NoDashboardError } from '../../../src/node/dashboard/dashboard-link.ts'
import { FakeService } from '../../support/fake-service.ts'

const TOKEN = 'x'.repeat(43)

describe('dashboardLink', () => {
  it('leads to the page, with the secret where no server sees it', () => {
    expect(dashboardLink({ host: '127.0.0.1', port: 5001 }, { token: 'a+b/' })).toBe(
      'http://127.0.0.1:5001/dashboard/#token=a%2Bb%2F'
    )
    expect(dashboardLink({ host: '::1', port: 5001 }, {})).toBe('http://[::1]:5001/dashboard/')
  })

  it('leads to this machine where the API listens everywhere', () => {
    expect(dashboardLink({ host: '0.0.0.0', port: 80 }, { code: 'c' })).toBe('http://127.0.0.1:80/dashboard/#code=c')
    expect(dashboardLink({ host: '::', port: 1 }, {})).toBe('http://[::1]:1/dashboard/')
  })

  it('leads nowhere for a socket that no browser opens', () => {
    expect(() => dashboardLink({ socketPath: '/run/barter' }, {})).toThrow(NoDashboardError)
  })
})

async function serve(access: ApiAccess): Promise<string> {
  const handlers = dashboardCodeHandlers(() => Promise.resolve(TOKEN))
  const server = new ApiServer({ service: new FakeService(), version: '0', access, handlers })
  onTestFinished(() => server.stop())
  const { host, port } = await server.start({ host: '127.0.0.1', port: 0 })
  return `http://${host}:${port}`
}

describe('a code for the token', () => {
  it('is given to the owner, and is good once', async () => {
    const base = await serve({ token: TOKEN, requireToken: true })
    expect((await fetch(base + CODE_PATH)).status).toBe(401)
    const owner = { headers: { Authorization: `Bearer ${TOKEN}` } }
    const { code } = (await (await fetch(base + CODE_PATH, owner)).json()) as { code: string }
    expect(code).toMatch(/^[\w-]{32}$/u)
    expect((await fetch(`${base}${TOKEN_PATH}?code=wrong`)).status).toBe(403)
    expect((await fetch(`${base}${TOKEN_PATH}?code=${code}`, { method: 'HEAD' })).status).toBe(403)
    expect((await fetch(`${base}${TOKEN_PATH}?code=${code}`, { headers: { Origin: 'http://evil.test' } })).status).toBe(
      403
    )
    const first = await fetch(`${base}${TOKEN_PATH}?code=${code}`)
    expect([await first.json(), first.headers.get('cache-control')]).toEqual([{ token: TOKEN }, 'no-store'])
    expect((await fetch(`${base}${TOKEN_PATH}?code=${code}`)).status).toBe(403)
  })

  it.each<[string, Omit<ApiAccess, 'token'>]>([
    [
      'who may do a part',
      { requireToken: true, authorizations: [{ name: 'a', secret: 'bearer:part', allowedPaths: ['/api/barter'] }] }
    ],
    [
      'who may do everything',
      { requireToken: true, authorizations: [{ name: 'a', secret: 'bearer:part', allowedPaths: ['/'] }] }
    ],
    ['whoever reaches an open API', { requireToken: false }]
  ])('is not given to %s: with it, this would be the owner', async (_who, access) => {
    const base = await serve({ ...access, token: TOKEN })
    const asked = async (secret: string): Promise<number> =>
      (await fetch(base + CODE_PATH, { headers: { Authorization: `Bearer ${secret}` } })).status
    expect([await asked('part'), await asked(TOKEN), (await fetch(base + CODE_PATH)).ok]).toEqual([403, 200, false])
  })
})
