import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { type Encryption, libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'

it.each<[string, Encryption[] | undefined, Encryption[] | undefined, string]>([
  ['TLS before noise', undefined, undefined, '/tls/1.0.0'],
  ['noise with a peer that has nothing else', undefined, ['noise'], '/noise'],
  ['what the dialling peer wants first', ['noise', 'tls'], undefined, '/noise']
])('secures a connection with %s', async (_, dialler, listener, expected) => {
  const make = async (encryption: Encryption[] | undefined, listen: string[]) => {
    const node = await createLibp2p(libp2pDefaults({ listen, ...(encryption === undefined ? {} : { encryption }) }))
    onTestFinished(() => node.stop())
    return node
  }
  const a = await make(listener, ['/ip4/127.0.0.1/tcp/0'])
  const b = await make(dialler, [])
  const connection = await b.dial(a.getMultiaddrs())
  expect(connection.encryption).toBe(expected)
  expect(connection.multiplexer).toBe('/yamux/1.0.0')
})
