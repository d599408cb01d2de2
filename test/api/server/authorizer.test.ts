import { describe, expect, it } from 'vitest'
import { authHeader } from '../../../src/api/formats/auth-header.ts'
import { Authorizer } from '../../../src/api/server/authorizer.ts'

const TOKEN = 'c2VjcmV0LXRva2VuLW9mLXRoaXMtcGVlci0wMTIzNDU'
const DENIED = {
  status: 403,
  text: 'Kubo RPC Access Denied: Please provide a valid authorization token as defined in the API.Authorizations configuration.'
}

describe('a secret', () => {
  it.each([
    ['bearer:abc', 'Bearer abc'],
    ['abc', 'Bearer abc'],
    ['bearer:a:b', 'Bearer a:b'],
    ['basic:user:pass', 'Basic dXNlcjpwYXNz'],
    ['basic:dXNlcjpwYXNz', 'Basic dXNlcjpwYXNz']
  ])('%s is shown as %s', (secret, header) => expect(authHeader(secret)).toBe(header))

  it.each(['', 'bearer:', 'digest:abc', 'bearer:a\r\nHost: x', 'bearer: abc', 'bearer:ä'])(
    '%j is none, and is not repeated',
    (secret) => {
      expect(() => authHeader(secret)).toThrow('an API secret is bearer:<token>')
      if (secret.length > 8) expect(() => authHeader(secret)).not.toThrow(secret)
    }
  )
})

describe('who may command', () => {
  it('is everybody when nothing is required', () => {
    expect(new Authorizer({ requireToken: false, token: TOKEN }).check(undefined, '/api/v0/shutdown')).toBeUndefined()
    expect(new Authorizer({ requireToken: false, token: TOKEN }).check('Bearer no', '/api/v0/id')).toBeUndefined()
  })

  it('is who shows the token', () => {
    const authorizer = new Authorizer({ requireToken: true, token: TOKEN })
    expect(authorizer.check(`Bearer ${TOKEN}`, '/api/v0/shutdown')).toBeUndefined()
    expect(authorizer.check(`bearer ${TOKEN}`, '/debug/metrics/prometheus')).toBeUndefined()
    expect(authorizer.check(undefined, '/api/v0/version')).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer' }
    })
    const wrong = [
      '',
      'Bearer',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer  ${TOKEN}`
    ]
    for (const shown of wrong) expect(authorizer.check(shown, '/api/v0/version')?.status).toBe(403)
  })

  it('is nobody when a token is required and there is none', () => {
    expect(new Authorizer({ requireToken: true }).check('Bearer ', '/api/v0/id')?.status).toBe(403)
    expect(new Authorizer({ requireToken: true }).check('Bearer undefined', '/api/v0/id')?.status).toBe(403)
  })

  const some = new Authorizer({
    requireToken: false,
    token: TOKEN,
    authorizations: [
      { name: 'reader', secret: 'bearer:reader', allowedPaths: ['/api/v0/id', '/api/v0/block/'] },
      { name: 'admin', secret: 'basic:admin:pass', allowedPaths: ['/api/v0'] },
      { name: 'twice', secret: 'bearer:reader', allowedPaths: ['/api/v0/ls'] },
      { name: 'none', secret: 'bearer:none', allowedPaths: [] }
    ]
  })

  it.each([
    ['Bearer reader', '/api/v0/id', true],
    ['Bearer reader', '/api/v0/id/12D3', true],
    ['Bearer reader', '/api/v0/block/get', true],
    ['Bearer reader', '/api/v0/ls', true],
    ['Bearer reader', '/api/v0/version', true],
    ['Bearer reader', '/api/v0/identity', false],
    ['Bearer reader', '/api/v0/blocks', false],
    ['Bearer reader', '/api/v0/shutdown', false],
    ['Bearer none', '/api/v0/version', true],
    ['Bearer none', '/api/v0/id', false],
    ['Basic YWRtaW46cGFzcw==', '/api/v0/shutdown', true],
    ['Basic YWRtaW46cGFzcw==', '/debug/metrics/prometheus', false],
    [`Bearer ${TOKEN}`, '/debug/metrics/prometheus', true],
    ['Bearer other', '/api/v0/version', false],
    [undefined, '/api/v0/version', false]
  ])('%s at %s: %s', (shown, path, isAllowed) => {
    expect(some.check(shown, path)).toEqual(isAllowed ? undefined : DENIED)
  })
})
