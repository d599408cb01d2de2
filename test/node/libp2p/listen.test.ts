import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { chooseListenAddresses, findFreePort, isPortFree } from '../../../src/node/libp2p/listen.ts'

const SERVED = { tcp: true, websocket: true, quic: false, webrtcDirect: false, relay: false }

async function busyPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it('addresses that cannot be served are passed over, with a reason', async () => {
  const { listen, skipped } = await chooseListenAddresses(
    [
      '/ip4/127.0.0.1/tcp/0',
      '/ip4/0.0.0.0/udp/4001/quic-v1',
      '/ip4/127.0.0.1/tcp/0/ws',
      '/ip4/127.0.0.1/tcp/0/tls/ws',
      '/dns4/localhost/tcp/0',
      '/ip4/192.0.2.1/tcp/4001',
      'nonsense'
    ],
    'the config',
    SERVED
  )
  expect(listen).toEqual(['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'])
  expect(skipped).toEqual([
    { address: '/ip4/0.0.0.0/udp/4001/quic-v1', reason: 'Swarm.Transports.Network.QUIC is off' },
    { address: '/ip4/127.0.0.1/tcp/0/tls/ws', reason: 'it is of a kind that is not served here' },
    { address: '/dns4/localhost/tcp/0', reason: 'it is of a kind that is not served here' },
    { address: '/ip4/192.0.2.1/tcp/4001', reason: expect.stringContaining('EADDRNOTAVAIL') as string },
    { address: 'nonsense', reason: expect.stringContaining('it is no address') as string }
  ])
})

it('a port that somebody else has is an error that says where to change it', async () => {
  const port = await busyPort()
  const address = `/ip4/127.0.0.1/tcp/${port}`
  await expect(chooseListenAddresses([address], 'Addresses.Swarm of /repo/config', SERVED)).rejects.toMatchObject({
    code: 'ERR_PORT_IN_USE',
    message: `port ${port} is in use by another program: stop that one, or choose another port in Addresses.Swarm of /repo/config (\`barter config profile apply randomports\` draws one)`
  })
  expect(await isPortFree(port, '127.0.0.1')).toBe(false)
})

it('a port is listened on once, by the address that comes first', async () => {
  const port = await findFreePort('127.0.0.1')
  const [first, second] = [`/ip4/127.0.0.1/tcp/${port}`, `/ip4/0.0.0.0/tcp/${port}/ws`]
  const choice = await chooseListenAddresses([first, second], 'the config', SERVED)
  expect(choice.listen).toEqual([first])
  expect(choice.skipped).toEqual([{ address: second, reason: `an address before it has tcp port ${port}` }])
})

it('a port of UDP is another than that of TCP', async () => {
  const port = await busyPort()
  const address = `/ip4/127.0.0.1/udp/${port}/webrtc-direct`
  const { listen } = await chooseListenAddresses([address], 'the config', { ...SERVED, webrtcDirect: true })
  expect(listen).toEqual([address])
})

it('a free port can be listened on', async () => {
  const port = await findFreePort('127.0.0.1')
  expect(port).toBeGreaterThan(0)
  expect(await isPortFree(port, '127.0.0.1')).toBe(true)
})
