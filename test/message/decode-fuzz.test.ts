import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../../src/errors.ts'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { countFaults } from '../../src/message/message-faults.ts'
import { property } from '../support/seed.ts'
import { anyMessage, bytes } from '../support/wire-samples.ts'

/** Bytes that mean something to the decoder: tags, lengths, edges of varints. */
const telling = fc.constantFrom(
  ...bytes('00 01 02 05 07 08 0a 0b 0f 10 12 18 1a 20 22 24 28 2a 55 70 7f 80 81 ff'),
  ...bytes('15 1220')
)

/** One change to an encoded message: at a place (a share of its length) something is overwritten, put in or cut out. */
const anyChange = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('overwrite', 'insert', 'remove', 'repeat', 'truncate'),
  bytes: fc.array(fc.oneof(telling, fc.nat(255)), { minLength: 1, maxLength: 6 }),
  length: fc.nat(40)
})
type Change = typeof anyChange extends fc.Arbitrary<infer Value> ? Value : never

function mutate(body: Uint8Array, change: Change): Uint8Array {
  const at = Math.floor(change.at * body.length)
  const head = body.subarray(0, at)
  const parts = {
    overwrite: [head, change.bytes, body.subarray(at + change.bytes.length)],
    insert: [head, change.bytes, body.subarray(at)],
    remove: [head, body.subarray(at + change.length)],
    repeat: [head, body.subarray(at, at + change.length), body.subarray(at)],
    truncate: [head]
  }[change.kind]
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}

/** Decodes; nothing but a ProtocolError may be thrown, and what comes out can be sent on. */
function decodeAnything(body: Uint8Array): 'refused' | 'read' {
  try {
    const { message, faults } = decodeMessage(body)
    const again = decodeMessage(encodeMessage(message, '1.2.0'))
    expect(again.message.wants.length).toBe(message.wants.length)
    expect(again.message.blocks.length).toBe(message.blocks.length)
    expect(countFaults(again.faults)).toBe(0)
    expect(countFaults(faults)).toBeLessThanOrEqual(body.length)
    return 'read'
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError)
    return 'refused'
  }
}

test('a good message, changed in a few places, is read in part or refused', () => {
  const seen = { read: 0, refused: 0 }
  property(
    fc.property(anyMessage, fc.array(anyChange, { minLength: 1, maxLength: 4 }), (message, changes) => {
      const body = changes.reduce(mutate, encodeMessage(message, '1.2.0'))
      seen[decodeAnything(body)]++
    }),
    { numRuns: 5_000 }
  )
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(200)
})

test('bytes at random, but telling ones', () => {
  property(
    fc.property(fc.array(telling, { maxLength: 80 }), (body) => {
      decodeAnything(Uint8Array.from(body))
    }),
    { numRuns: 10_000 }
  )
})
