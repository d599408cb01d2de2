import { describe, expect, it } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { countFaults } from '../../src/message/message-faults.ts'
import { createMessage, type Message, type WantEntry } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { plainMessage } from '../../src/testing/sample-messages.ts'
import { type BoxoFixture, CAPTURED_BLOCKS, readBoxoFixture } from '../support/boxo-fixtures.ts'
import { encodeFrame } from '../support/encode-frame.ts'

/** What Boxo gives its first want; each one after it is worth one less. */
const FIRST_PRIORITY = 2 ** 31 - 1

const want = ({ cid }: SampleBlock, told: Partial<WantEntry>): Partial<Message> => ({
  wants: [{ cid, key: cidKey(cid), type: 'block', priority: FIRST_PRIORITY, sendDontHave: false, ...told }]
})
const presence = ({ cid }: SampleBlock, have: boolean): Partial<Message> => ({
  presences: [{ cid, key: cidKey(cid), have }]
})
const blocks = (...all: readonly SampleBlock[]): Partial<Message> => ({
  blocks: all.map(({ cid, bytes }) => ({ prefix: cidPrefix(cid), bytes }))
})

const { wanted, small, large, absent, filling, following, old } = CAPTURED_BLOCKS

const SAID: readonly (readonly [BoxoFixture, Partial<Message>])[] = [
  ['broadcast', want(wanted, { type: 'have' })],
  ['want', want(wanted, { priority: FIRST_PRIORITY - 1, sendDontHave: true })],
  ['cancel', { cancels: [{ cid: wanted.cid, key: cidKey(wanted.cid) }] }],
  ['have', presence(large, true)],
  ['dont-have', presence(absent, false)],
  ['block', blocks(small)],
  ['block-and-dont-have', { ...blocks(large), ...presence(absent, false) }],
  ['block-and-pending', { ...blocks(filling), pendingBytes: following.bytes.byteLength }],
  ['old-want', want(wanted, {})],
  ['old-block', blocks(old)]
]

describe('messages captured from Boxo', () => {
  it.each(SAID)('%s is read for what it says', async (name, said) => {
    const bodies = new FrameReader().push(await readBoxoFixture(name))
    expect(bodies).toHaveLength(1)
    const { message, faults } = decodeMessage(bodies[0] ?? new Uint8Array())
    expect(plainMessage(message)).toEqual(plainMessage(createMessage(said)))
    expect(countFaults(faults)).toBe(0)
  })

  it.each(SAID)('%s is byte for byte what we would write', async (name, said) => {
    const ours = encodeFrame(createMessage(said), name.startsWith('old') ? '1.0.0' : '1.2.0')
    expect(Buffer.from(ours).toString('hex')).toBe(Buffer.from(await readBoxoFixture(name)).toString('hex'))
  })
})
