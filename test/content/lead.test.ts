import { describe, expect, it } from 'vitest'
import type { CidKey } from '../../src/ids.ts'
import { Lead } from '../../src/content/lead.ts'

const keys = (text: string): CidKey[] => text.split('') as CidKey[]

describe('the lead of a walk', () => {
  it('is what was visited and not read, each block once', () => {
    const lead = new Lead(3)
    for (const key of keys('abb')) lead.visited(key)
    expect(lead.isFull).toBe(false)
    lead.visited('c' as CidKey)
    expect(lead.isFull).toBe(true)
    for (const key of keys('aaa')) lead.read(key)
    lead.visited('d' as CidKey)
    expect(lead.isFull).toBe(true)
  })

  it('does not grow by what was read before, as far as that is remembered', () => {
    const lead = new Lead(3)
    for (const key of keys('abcde')) lead.read(key)
    for (const key of keys('cde')) lead.visited(key)
    expect(lead.isFull).toBe(false)
    // These were forgotten.
    for (const key of keys('abx')) lead.visited(key)
    expect(lead.isFull).toBe(true)
  })
})
