import { expect, test } from 'vitest'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { createMessage } from '../../src/message/message.ts'
import { encodedSize } from '../../src/message/size.ts'
import { hex, sampleCid, sampleWant } from '../support/wire-samples.ts'

test('a want says in field 6 how many peers further it may be asked, and says nothing by default', () => {
  const plain = encodeMessage(createMessage({ wants: [sampleWant(sampleCid(1))] }), '1.2.0')
  for (const ttl of [1, 7, 255]) {
    const message = createMessage({ wants: [{ ...sampleWant(sampleCid(1)), ttl }] })
    const encoded = encodeMessage(message, '1.2.0')
    expect(encoded.length).toBe(encodedSize(message, '1.2.0'))
    expect(hex(encoded)).toContain(ttl === 255 ? '30ff01' : `300${ttl}`)
    expect(decodeMessage(encoded).message.wants[0]?.ttl).toBe(ttl)
  }
  expect(decodeMessage(plain).message.wants[0]?.ttl).toBeUndefined()
  expect(Object.keys(decodeMessage(plain).message.wants[0] ?? {})).not.toContain('ttl')
})

test('of two wants of one message for the same block the longer way counts', () => {
  const wants = [3, 1].map((ttl) => ({ ...sampleWant(sampleCid(1)), ttl }))
  expect(decodeMessage(encodeMessage(createMessage({ wants }), '1.2.0')).message.wants[0]?.ttl).toBe(3)
})
