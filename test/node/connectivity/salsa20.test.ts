import { expect, it } from 'vitest'
import { salsa20 } from '../../../src/node/connectivity/salsa20.ts'

it('makes the key stream of the published test vector (ECRYPT, 256 bits, set 1, vector 0)', () => {
  const key = new Uint8Array(32)
  key[0] = 0x80
  const stream = Buffer.from(salsa20(key, new Uint8Array(8), 512)).toString('hex')
  expect(stream.slice(0, 128)).toBe(
    'e3be8fdd8beca2e3ea8ef9475b29a6e7003951e1097a5c38d23b7a5fad9f6844' +
      'b22c97559e2723c7cbbd3fe4fc8d9a0744652a83e72a9c461876af4d7ef1a117'
  )
  // Each block has its own number in it.
  expect(new Set(stream.match(/.{128}/gu)).size).toBe(8)
})
