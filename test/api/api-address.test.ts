import { describe, expect, it } from 'vitest'
import { formatApiAddress, hostPort, isLoopback, parseApiAddress } from '../../src/api/api-address.ts'

describe('an API address', () => {
  it.each([
    ['/ip4/127.0.0.1/tcp/5001', { host: '127.0.0.1', port: 5001 }, '127.0.0.1:5001', true],
    ['/ip6/::1/tcp/0', { host: '::1', port: 0 }, '[::1]:0', true],
    ['/dns4/localhost/tcp/5001/http', { host: 'localhost', port: 5001 }, 'localhost:5001', true],
    ['/ip4/192.0.2.1/tcp/80\n', { host: '192.0.2.1', port: 80 }, '192.0.2.1:80', false],
    ['/ip4/0.0.0.0/tcp/5001', { host: '0.0.0.0', port: 5001 }, '0.0.0.0:5001', false]
  ])('%s', (text, address, url, loopback) => {
    expect(parseApiAddress(text)).toEqual(address)
    expect(hostPort(address)).toBe(url)
    expect(isLoopback(address)).toBe(loopback)
  })

  it.each(['', '/ip4/127.0.0.1', '/ip4/::1/tcp/1', '/ip4/127.0.0.1/udp/1', '/ip4/127.0.0.1/tcp/70000', '127.0.0.1:1'])(
    'is not "%s"',
    (text) => expect(() => parseApiAddress(text)).toThrow('expected one like /ip4/127.0.0.1/tcp/5001')
  )

  it.each(['/ip4/127.0.0.1/tcp/5001', '/ip6/::1/tcp/1', '/dns/localhost/tcp/2'])('%s survives a round trip', (text) =>
    expect(formatApiAddress(parseApiAddress(text))).toBe(text)
  )

  it('is a path of the file system, too, as one part or as many', () => {
    for (const text of ['/unix/run/barter.sock', '/unix/%2Frun%2fbarter.sock']) {
      const address = parseApiAddress(text)
      expect(address).toEqual({ socketPath: '/run/barter.sock' })
      expect(formatApiAddress(address)).toBe('/unix/run/barter.sock')
      expect(isLoopback(address)).toBe(true)
    }
    for (const text of ['/unix/', '/unix/a\0b', `/unix/${'x'.repeat(200)}`]) {
      expect(() => parseApiAddress(text)).toThrow('is no address for the API')
    }
  })
})
