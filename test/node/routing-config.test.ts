import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/node/config/config.ts'
import { privateRouting, quietRouting, routingServices } from '../../src/node/routing/routing.ts'

const HOUR = 3_600_000
const PEER = '/ip4/192.0.2.7/tcp/4001/p2p/12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'

function read(config: object) {
  return readSettings({ ...config }, 'of a test')
}

describe('Routing of a config', () => {
  it('left out, nobody is asked', () => {
    const { routing, provide } = read({})
    expect(routing).toEqual({
      type: 'none',
      delegatedRouters: [],
      loopbackOnLanDht: false,
      overHttp: true,
      providers: []
    })
    expect(provide).toEqual({ strategy: 'roots', intervalMs: 22 * HOUR, workers: 4 })
  })

  it('reads what is there', () => {
    const DelegatedRouters = [
      'auto',
      'https://router.example',
      'http://127.0.0.1:8190/routing/v1/',
      'https://a.example/x/routing/v1/providers'
    ]
    const { routing } = read({
      Routing: { Type: 'autoclient', DelegatedRouters, LoopbackAddressesOnLanDHT: true },
      Barter: { Providers: [PEER] }
    })
    expect(routing).toEqual({
      type: 'autoclient',
      delegatedRouters: ['https://router.example', 'http://127.0.0.1:8190', 'https://a.example/x'],
      loopbackOnLanDht: true,
      overHttp: true,
      providers: [PEER]
    })
  })

  it.each([
    [{ Routing: { Type: 'custom' } }, /Routing\.Type is "custom": expected one of auto, autoclient, dht/],
    [
      { Routing: { DelegatedRouters: ['router.example'] } },
      /Routing\.DelegatedRouters .* expected URLs .* "router\.example" is none/
    ],
    [{ Routing: { DelegatedRouters: ['ftp://router.example'] } }, /expected URLs/],
    [{ Barter: { Providers: ['/ip4/1.2.3.4/tcp/1'] } }, /Barter\.Providers .* expected multiaddrs that end with/],
    [{ Provide: { Strategy: 'mfs' } }, /Provide\.Strategy is "mfs": expected one of all, roots, pinned, none/],
    [{ Provide: { DHT: { Interval: '49h' } } }, /Provide\.DHT\.Interval is "49h"/],
    [{ Provide: { DHT: { MaxWorkers: 0 } } }, /Provide\.DHT\.MaxWorkers is 0: expected a whole number from 1 to 64/]
  ])('says what is wrong: %j', (config, message) => {
    expect(() => read(config)).toThrow(message)
  })

  it('Provide.Enabled false is as no strategy; an interval of 0 is none', () => {
    expect(read({ Provide: { Enabled: false, Strategy: 'all' } }).provide.strategy).toBe('none')
    expect(read({ Provide: { Strategy: 'pinned', DHT: { Interval: '0s', MaxWorkers: 8 } } }).provide).toEqual({
      strategy: 'pinned',
      intervalMs: 0,
      workers: 8
    })
  })

  it('a type decides on the DHTs; a quiet peer has none; a private one asks nobody outside', () => {
    const typed = (Type: string) => read({ Routing: { Type, DelegatedRouters: ['https://router.example'] } }).routing
    for (const type of ['auto', 'autoclient', 'dht', 'dhtclient', 'dhtserver']) {
      expect(Object.keys(routingServices(typed(type)))).toEqual(['wanDht', 'lanDht'])
    }
    for (const type of ['none', 'delegated']) expect(routingServices(typed(type))).toEqual({})
    expect(routingServices(quietRouting(typed('auto')))).toEqual({})
    expect(privateRouting(typed('auto')).delegatedRouters).toEqual([])
  })
})
