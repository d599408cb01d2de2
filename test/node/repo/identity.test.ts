import { expect, it } from 'vitest'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createIdentity, readIdentity } from '../../../src/node/repo/identity.ts'

it('an identity is an Ed25519 key in the form that Kubo writes', async () => {
  const identity = await createIdentity()
  expect(identity.PeerID).toMatch(/^12D3KooW/u)
  expect(Buffer.from(identity.PrivKey, 'base64').subarray(0, 4).toString('hex')).toBe('08011240')
  expect(peerIdFromPrivateKey(readIdentity(identity, 'config')).toString()).toBe(identity.PeerID)
})

it('a key of another peer is refused', async () => {
  const [one, other] = await Promise.all([createIdentity(), createIdentity()])
  expect(() => readIdentity({ ...one, PeerID: other.PeerID }, '/repo/config')).toThrow(
    `the private key in /repo/config belongs to peer ${one.PeerID}, but Identity.PeerID says ${other.PeerID}`
  )
})

it.each(['', 'CAES', 'not base64', 'AAAA'])('"%s" is no key', (PrivKey) => {
  expect(() => readIdentity({ PeerID: 'x', PrivKey }, '/repo/config')).toThrow('put it back from a copy')
})
