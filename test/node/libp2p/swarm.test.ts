import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, it } from 'vitest'
import { describePeer } from '../../../src/node/libp2p/swarm.ts'

it('an address that was learnt twice is shown once', async () => {
  const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  const { addresses } = describePeer(
    peer,
    ['/ip4/192.0.2.7/tcp/2', '/ip4/192.0.2.7/tcp/1', '/ip4/192.0.2.7/tcp/2'],
    '',
    []
  )
  expect(addresses).toEqual(['/ip4/192.0.2.7/tcp/1', '/ip4/192.0.2.7/tcp/2'])
})
