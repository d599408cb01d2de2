import { describe, expect, it } from 'vitest'
import { Guard } from '../../../src/api/server/guard.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const HOST = '127.0.0.1:5001'
const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'TRACE'] as const

describe('what reaches the API', () => {
  const guard = new Guard({ host: '127.0.0.1', port: 5001 })

  it.each(METHODS)('%s is not a way to command', (method) => {
    const refusal = guard.check(method, { host: HOST })
    expect(refusal).toEqual({ status: 405, text: '405 - Method Not Allowed', headers: { Allow: 'OPTIONS, POST' } })
  })

  it('OPTIONS tells what is allowed', () => {
    expect(guard.check('OPTIONS', { host: HOST })).toEqual({
      status: 204,
      text: '',
      headers: { Allow: 'OPTIONS, POST' }
    })
  })

  it.each([
    ['a program', { host: HOST }],
    ['a program by name', { host: 'localhost:5001' }],
    ['a program over IPv6', { host: '[::1]:5001' }],
    ['a program that names itself', { host: HOST, 'user-agent': 'go-ipfs-cmds/http' }],
    ['our own page', { host: HOST, origin: 'http://127.0.0.1:5001', 'user-agent': FIREFOX }],
    ['our own page by name', { host: 'LOCALHOST:5001', origin: 'http://localhost:5001' }],
    ['our own page, by referer', { host: HOST, referer: 'http://127.0.0.1:5001/page', 'user-agent': FIREFOX }],
    ['a desktop program', { host: HOST, 'user-agent': `${FIREFOX} Electron/38` }]
  ])('%s passes', (_who, headers) => expect(guard.check('POST', headers)).toBeUndefined())

  it.each([
    ['another page', { host: HOST, origin: 'https://evil.example' }],
    ['another page on this machine', { host: HOST, origin: 'http://127.0.0.1:8080' }],
    ['a page without origin', { host: HOST, origin: 'null' }],
    ['a page by referer', { host: HOST, referer: 'https://evil.example/page' }],
    [
      'a page with a good origin and a bad referer',
      { host: HOST, origin: 'http://localhost:5001', referer: 'http://x' }
    ],
    ['an origin that only looks like ours', { host: HOST, origin: 'http://127.0.0.1:5001.evil.example' }],
    ['an extension', { host: HOST, origin: 'chrome-extension://abc' }],
    ['a browser that hides where it comes from', { host: HOST, 'user-agent': FIREFOX }],
    ['what a browser marks as foreign', { host: HOST, 'sec-fetch-site': 'cross-site' }],
    ['a name that was made to point here', { host: 'evil.example:5001' }],
    ['the same, as its own origin', { host: 'evil.example:5001', origin: 'http://evil.example:5001' }],
    ['a wrong port', { host: '127.0.0.1:80' }],
    ['no host', {}]
  ])('%s is refused', (_who, headers) => {
    expect(guard.check('POST', headers)).toEqual({ status: 403, text: '403 - Forbidden' })
  })

  it('a name that was made to point here cannot even ask what is allowed', () => {
    expect(guard.check('OPTIONS', { host: 'evil.example' })?.status).toBe(403)
  })

  it('on port 80 the port may be left out', () => {
    expect(new Guard({ host: '127.0.0.1', port: 80 }).check('POST', { host: 'localhost' })).toBeUndefined()
  })

  it.each(['page', 'data'] as const)('a %s is looked at, and nothing else', (surface) => {
    const headers = { host: HOST, 'user-agent': FIREFOX }
    expect(guard.check('GET', { ...headers, 'sec-fetch-site': 'none' }, surface)).toBeUndefined()
    expect(guard.check('HEAD', headers, surface)).toBeUndefined()
    const refusal = { status: 405, text: '405 - Method Not Allowed', headers: { Allow: 'GET, HEAD, OPTIONS' } }
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect(guard.check(method, { host: HOST }, surface)).toEqual(refusal)
  })

  it.each([
    ['a page of another site', { host: HOST, 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this machine', { host: HOST, 'sec-fetch-site': 'same-site' }],
    ['another origin', { host: HOST, origin: 'http://evil.example' }],
    ['a link on another page', { host: HOST, referer: 'http://evil.example/' }],
    ['a name that was made to point here', { host: 'evil.example:5001' }]
  ])('%s may not even look', (_who, headers) => {
    expect(guard.check('GET', headers, 'page')?.status).toBe(403)
    expect(guard.check('GET', headers, 'data')?.status).toBe(403)
  })

  it('what is not here is not found, by whoever may ask', () => {
    expect(guard.check('GET', { host: HOST }, 'nothing')?.status).toBe(404)
    expect(guard.check('PUT', { host: HOST }, 'nothing')?.status).toBe(405)
    expect(guard.check('GET', { host: 'evil.example' }, 'nothing')?.status).toBe(403)
  })

  it('origins that the config names pass, from another site, too', () => {
    const open = new Guard({ host: '127.0.0.1', port: 5001 }, { origins: ['https://page.example'] })
    const headers = { host: HOST, origin: 'https://page.example', referer: 'https://page.example/x' }
    expect(open.check('POST', { ...headers, 'sec-fetch-site': 'cross-site' })).toBeUndefined()
    expect(open.check('POST', { ...headers, origin: 'https://page.example.evil' })?.status).toBe(403)
    expect(open.check('POST', { ...headers, host: 'page.example:5001' })?.status).toBe(403)
    const all = new Guard({ host: '127.0.0.1', port: 5001 }, { origins: ['*'] })
    expect(all.check('POST', { host: HOST, origin: 'https://any.example' })).toBeUndefined()
  })

  it('listening everywhere, any address is ours, and no name but those that the config gives', () => {
    const wide = new Guard({ host: '0.0.0.0', port: 5001 }, { hosts: ['api.example'] })
    for (const host of ['192.0.2.7:5001', '[2001:db8::1]:5001', 'localhost:5001', 'API.example']) {
      expect(wide.check('POST', { host })).toBeUndefined()
    }
    for (const host of ['192.0.2.7', '192.0.2.7:80', 'evil.example:5001', '192.0.2.7:5001@evil', '']) {
      expect(wide.check('POST', { host })?.status).toBe(403)
    }
  })
})
