import { describe, expect, it } from 'vitest'
import { isHttpAddress, parseHttpAddress } from '../../../src/network/http/http-endpoint.ts'
import { whyNotFetched, type Scope } from '../../../src/network/http/host-rules.ts'

const PEER = '12D3KooWH3uVF6wv47WnArKHk5p6cvgCJEb74UTmxztmQDc298L3'

describe('the address of an HTTP gateway', () => {
  it.each([
    ['/dns4/a.example/tcp/443/https', 'https://a.example'],
    ['/dns4/a.example/tcp/443/https/p2p/' + PEER, 'https://a.example'],
    ['/dns/A.example/tcp/443/tls/http', 'https://a.example'],
    ['/dns6/a.example/tcp/8443/tls/http', 'https://a.example:8443'],
    ['/dns/a.example/tcp/443/tls/sni/a.example/http', 'https://a.example'],
    ['/dns/a.example/https', 'https://a.example'],
    ['/dns/a.example/http', 'http://a.example'],
    ['/ip4/192.0.2.7/tcp/80/http', 'http://192.0.2.7'],
    ['/ip4/127.0.0.1/tcp/8080/http', 'http://127.0.0.1:8080'],
    ['/ip6/::1/tcp/8080/http/p2p/' + PEER, 'http://[::1]:8080']
  ])('%s leads to %s', (address, origin) => {
    expect(isHttpAddress(address)).toBe(true)
    expect(parseHttpAddress(address)?.origin).toBe(origin)
  })

  it.each([
    '/ip4/127.0.0.1/tcp/4001',
    '/dns4/a.example/tcp/443/wss',
    '/dns4/a.example/tcp/443/tls/ws',
    '/ip4/127.0.0.1/udp/4001/quic-v1/http',
    '/ip4/127.0.0.1/tcp/8080/http/p2p',
    '/ip4/999.0.0.1/tcp/8080/http',
    '/ip4/a.example/tcp/8080/http',
    '/dns4/127.0.0.1/tcp/80/http',
    '/dns4/a.example@b.example/tcp/443/https',
    '/dns4/a.example#/tcp/443/https',
    '/dns4/a.example/tcp/0/https',
    '/dns4/a.example/tcp/65536/https',
    '/dns4/a.example/tcp/4x/https',
    '/dns4/a.example/tcp/443/tls/sni/other.example/http',
    '/dns4/a.example/tcp/443/https/http-path/x',
    '/dns4/a.example/tcp/443/http/p2p-circuit',
    'https://a.example',
    ''
  ])('%s leads nowhere', (address) => {
    expect(parseHttpAddress(address)).toBeUndefined()
  })
})

describe('who may be asked over HTTP', () => {
  const listed = { allowlist: ['a.example', '10.0.0.1'], denylist: ['b.example'] }
  const open = { allowlist: [], denylist: ['b.example', '127.0.0.1'] }
  it.each<[string, Scope, { allowlist: string[]; denylist: string[] }, boolean, boolean]>([
    ['/dns/a.example/https', 'public', open, false, true],
    ['/dns/a.example/http', 'public', open, true, false],
    ['/dns/b.example/https', 'public', open, true, false],
    ['/dns/a.example/https', 'public', listed, false, true],
    ['/dns/c.example/https', 'public', listed, true, false],
    ['/ip4/10.0.0.1/tcp/80/http', 'private', listed, false, true],
    ['/ip4/10.0.0.2/tcp/80/http', 'private', { ...open, denylist: [] }, false, false],
    ['/ip4/10.0.0.2/tcp/80/http', 'private', open, true, true],
    ['/ip4/127.0.0.1/tcp/80/http', 'loopback', open, true, false]
  ])('%s, %s, with %o, named: %s', (address, scope, lists, isNamed, isAllowed) => {
    const endpoint = parseHttpAddress(address) ?? expect.fail('no endpoint')
    expect(whyNotFetched(endpoint, scope, lists, isNamed) === undefined).toBe(isAllowed)
  })
})
