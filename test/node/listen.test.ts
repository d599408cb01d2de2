import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { chooseListenAddresses, findFreePort, isPortFree } from '../../src/node/listen.ts'

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
      '/ip4/192.0.2.1/tcp/4001',
      'nonsense'
    ],
    'the config'
  )
  expect(listen).toEqual(['/ip4/127.0.0.1/tcp/0'])
  expect(skipped.map(({ address }) => address)).toEqual([
    '/ip4/0.0.0.0/udp/4001/quic-v1',
    '/ip4/127.0.0.1/tcp/0/ws',
    '/ip4/192.0.2.1/tcp/4001',
    'nonsense'
  ])
  expect(skipped[0]?.reason).toBe('only TCP is served')
  expect(skipped[2]?.reason).toContain('EADDRNOTAVAIL')
  expect(skipped[3]?.reason).toContain('it is no address')
})

it('a port that somebody else has is an error that says where to change it', async () => {
  const port = await busyPort()
  const address = `/ip4/127.0.0.1/tcp/${port}`
  await expect(chooseListenAddresses([address], 'Addresses.Swarm of /repo/config')).rejects.toMatchObject({
    code: 'ERR_PORT_IN_USE',
    message: `port ${port} is in use by another program: stop that one, or choose another port in Addresses.Swarm of /repo/config`
  })
  expect(await isPortFree(port, '127.0.0.1')).toBe(false)
})

it('a free port can be listened on', async () => {
  const port = await findFreePort('127.0.0.1')
  expect(port).toBeGreaterThan(0)
  expect(await isPortFree(port, '127.0.0.1')).toBe(true)
})
