import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { createMessage } from '../../src/message/message.ts'
import { byReference, throughCodec } from '../../src/simulation/wire.ts'
import { fullMessage, sampleCid } from '../../src/testing/sample-messages.ts'
import { property } from '../support/seed.ts'
import { anyMessage, plain } from '../support/wire-samples.ts'

describe('the wires of the virtual network', () => {
  it('agree on the size of a message, and on what arrives', () => {
    property(
      fc.property(anyMessage, (message) => {
        const [quick, exact] = [byReference(message), throughCodec(message)]
        expect(quick.bytes).toBe(exact.bytes)
        expect(plain(exact.message)).toEqual(plain(message))
      })
    )
  })

  it('hand over the same object by reference, and another through the codec', () => {
    const message = fullMessage()
    expect(byReference(message).message).toBe(message)
    expect(throughCodec(message).message).not.toBe(message)
  })

  it('do not let a message pass that our own reader faults', () => {
    const cid = sampleCid('twice')
    const entry = { cid, key: cidKey(cid), type: 'block' as const, priority: 1, sendDontHave: true }
    const broken = createMessage({ wants: [entry], blocks: [{ prefix: Uint8Array.of(9), bytes: new Uint8Array(1) }] })
    expect(() => throughCodec(broken)).toThrow('read with faults')
  })
})
