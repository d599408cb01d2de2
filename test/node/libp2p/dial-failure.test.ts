import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { dialFailure } from '../../../src/node/libp2p/dial-failure.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'

const [A, B, C] = ['/ip4/192.0.2.7/tcp/1', '/ip4/192.0.2.7/tcp/2', '/dns4/peer.example/tcp/3']

it('where several addresses failed, each is told of with its reason', () => {
  const failure = new AggregateError(
    [
      new Error('it is closed'),
      new Error('nobody\nis there'),
      new AggregateError([new Error('no v4'), new Error('no v6')])
    ],
    'All multiaddr dials failed'
  )
  expect(dialFailure(failure, [A, B, C])).toBe(
    [
      'none of 3 addresses could be reached:',
      `${A}: it is closed`,
      `${B}: nobody is there`,
      `${C}: none of 2 addresses could be reached: * no v4 * no v6`
    ].join('\n* ')
  )
})

it('a reason that several addresses have is told once where it is not known which address is whose', () => {
  const failure = new AggregateError([
    new Error('it is closed'),
    new Error('nobody is there'),
    new Error('it is closed')
  ])
  for (const tried of [[], [A, B]]) {
    expect(dialFailure(failure, tried)).toBe('none of 3 addresses could be reached:\n* it is closed\n* nobody is there')
  }
})

it('a few addresses are told of, and how many more there were', () => {
  const tried = Array.from({ length: 25 }, (_, at) => `/ip4/192.0.2.7/tcp/${at + 1}`)
  const lines = dialFailure(new AggregateError(tried.map(() => new Error('closed'))), tried).split('\n')
  expect([lines.length, lines.at(-2), lines.at(-1)]).toEqual([10, '* /ip4/192.0.2.7/tcp/8: closed', '* and 17 more'])
})

it('nothing that failed is an error like any other', () => {
  expect(dialFailure(new AggregateError([], 'All multiaddr dials failed'))).toBe('All multiaddr dials failed')
})

it('whoever accepts the connection and stays silent is told from one that speaks something else', async () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined).resume()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { connectionManager, ...others } = libp2pDefaults({ listen: [] })
  const node = await createLibp2p({ ...others, connectionManager: { ...connectionManager, addressDialTimeout: 500 } })
  onTestFinished(async () => {
    await node.stop()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const failure: unknown = await node.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}`)).catch((error: unknown) => error)
  expect(dialFailure(failure)).toBe(
    'it accepted the connection and did not answer: it may be busy, or speak no libp2p (The operation was aborted due to timeout)'
  )
})
