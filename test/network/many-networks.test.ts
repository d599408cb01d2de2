import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { ManyNetworks } from '../../src/network/many-networks.ts'
import { networkCases } from '../../src/testing/network-suite.ts'
import { blocks, Swarm } from '../support/swarm.ts'
import { addWithHttp, VirtualHttp } from '../support/virtual-http.ts'
import { hostId } from '../../src/network/http/http-host.ts'
import { HttpNetwork } from '../../src/network/http/http-network.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const ADDRESS = '/dns4/gateway.example/tcp/443/https'
const HOST = hostId('https://gateway.example')

/** A network of which another is beside that nobody uses. */
function beside(swarm: Swarm, name: string): ManyNetworks {
  const parts = { port: new VirtualHttp(swarm), clock: swarm.clock, logger: new RecordingLogger() }
  return new ManyNetworks(swarm.hub.join(toPeerId(name)), [new HttpNetwork({ ...parts, scopeOf: () => 'public' })])
}

describe('several networks as one', () => {
  const make = () => {
    const swarm = new Swarm()
    const [aId, bId] = [toPeerId('a'), toPeerId('b')]
    return {
      a: beside(swarm, 'a'),
      b: beside(swarm, 'b'),
      aId,
      bId,
      bProvider: () => ({ peer: bId, addresses: [] }),
      until: <Value>(promise: Promise<Value>) => swarm.clock.until(promise),
      disconnect: () => swarm.hub.cut(aId, bId),
      breakStream: () => swarm.hub.breakStream(aId, bId),
      close: () => undefined
    }
  }
  for (const { name, run } of networkCases(make)) it(name, run)

  it('a provider is asked over HTTP where it can be, and else by the rest of its addresses', async () => {
    const swarm = new Swarm()
    const http = new VirtualHttp(swarm)
    const fetcher = await addWithHttp(swarm, http)
    const seeder = await swarm.add('seeder')
    const connect = (addresses: string[]) => swarm.clock.until(fetcher.network.connect({ peer: seeder.id, addresses }))
    expect(await connect([ADDRESS, '/ip4/192.0.2.7/tcp/4001'])).toBe(seeder.id)
    await expect(connect(['/dns4/other.example/tcp/443/https'])).rejects.toThrow('no HTTP gateway')
    const host = http.host('https://gateway.example')
    await swarm.clock.advance(60_000)
    expect(await connect([ADDRESS, '/ip4/192.0.2.7/tcp/4001'])).toBe(HOST)
    expect(new Set(fetcher.bitswap.stat().partners)).toEqual(new Set([seeder.id, HOST]))
    expect(fetcher.network.latencyMs(HOST)).toBe(host.latencyMs)
    const [one] = blocks(1)
    host.has(blocks(1))
    const from = await swarm.fetch(fetcher, one === undefined ? [] : [one], { providers: [ADDRESS as never] })
    expect([...from]).toEqual([[HOST, 1]])
    await swarm.stop(fetcher, seeder)
  })
})
