import { describe, expect, it } from 'vitest'
import { createMessage } from '../../src/message/message.ts'
import { summarize } from '../../src/simulation/traffic.ts'
import { fullMessage, messageOfBlocks, sampleCid } from '../../src/testing/sample-messages.ts'

describe('summarize', () => {
  it('names what a message holds, in a fixed order', () => {
    const last = (text: string): string => sampleCid(text).toString().slice(-8)
    expect(summarize(fullMessage())).toBe(
      `full; want-block ${last('want')}; cancel ${last('cancel')}; have ${last('have')}; block 3 B; pending 12 B`
    )
  })

  it('lists blocks by their sizes', () => {
    expect(summarize(messageOfBlocks(1, 2_000))).toBe('block 1 B 2000 B')
  })

  it('says so when there is nothing', () => {
    expect(summarize(createMessage({}))).toBe('nothing')
    expect(summarize(createMessage({ full: true }))).toBe('full')
  })
})
