import { describe, expect, it } from 'vitest'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeFrame } from '../support/encode-frame.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { countFaults } from '../../src/message/message-faults.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import { cidKey } from '../../src/ids.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { plainMessage } from '../../src/testing/sample-messages.ts'
import { CAPTURED, type HeliaFixture, readFixture } from '../support/helia-fixtures.ts'

const want = ({ cid }: SampleBlock, sendDontHave: boolean): Partial<Message> => ({
  wants: [{ cid, key: cidKey(cid), type: 'block', priority: 1, sendDontHave }]
})
const presence = ({ cid }: SampleBlock, have: boolean): Partial<Message> => ({
  presences: [{ cid, key: cidKey(cid), have }]
})
const blocks = (...all: readonly SampleBlock[]): Partial<Message> => ({
  blocks: all.map(({ cid, bytes }) => ({ prefix: cidPrefix(cid), bytes }))
})

const { wantedBeforeMeeting, wantedLater, wantedInSession, small, medium, large, absent } = CAPTURED

const SAID: readonly (readonly [HeliaFixture, Partial<Message>])[] = [
  ['full-wantlist', { full: true, ...want(wantedBeforeMeeting, false) }],
  ['want', want(wantedLater, true)],
  ['session-want', want(wantedInSession, true)],
  ['block', blocks(small)],
  ['two-blocks', blocks(large, medium)],
  ['have', presence(large, true)],
  ['dont-have', presence(absent, false)]
]

describe('messages captured from Helia', () => {
  it.each(SAID)('%s is read for what it says', async (name, said) => {
    const bodies = new FrameReader().push(await readFixture(name))
    expect(bodies).toHaveLength(1)
    const { message, faults } = decodeMessage(bodies[0] ?? new Uint8Array())
    expect(plainMessage(message)).toEqual(plainMessage(createMessage(said)))
    expect(countFaults(faults)).toBe(0)
  })

  it.each(SAID)('%s is no shorter than what we would write', async (name, said) => {
    // Helia writes fields that hold their default; both are the same message.
    const ours = encodeFrame(createMessage(said), '1.2.0')
    expect(ours.byteLength).toBeLessThanOrEqual((await readFixture(name)).byteLength)
  })
})
