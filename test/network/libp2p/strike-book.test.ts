import { describe, expect, it } from 'vitest'
import {
  MAX_STRIKES,
  MAX_STRUCK_PEERS,
  REFUSAL_MS,
  STRIKE_WINDOW_MS,
  StrikeBook
} from '../../../src/network/libp2p/strike-book.ts'

describe('StrikeBook', () => {
  it('refuses a peer with so many strikes for a while, and no other', () => {
    const book = new StrikeBook()
    for (let i = 1; i < MAX_STRIKES; i++) expect(book.strike('bad', i)).toBe(false)
    expect(book.refuses('bad', 10)).toBe(false)
    expect(book.strike('bad', 10)).toBe(true)
    expect([book.refuses('bad', 10), book.refuses('good', 10)]).toEqual([true, false])
    expect([book.refuses('bad', 9 + REFUSAL_MS), book.refuses('bad', 10 + REFUSAL_MS)]).toEqual([true, false])
    expect(book.strike('bad', 10 + REFUSAL_MS)).toBe(false)
  })

  it('forgives strikes that are long ago', () => {
    const book = new StrikeBook()
    for (let i = 0; i < 10; i++) expect(book.strike('clumsy', (i * STRIKE_WINDOW_MS) / 2)).toBe(false)
  })

  it('remembers so many peers', () => {
    const book = new StrikeBook()
    for (let i = 0; i < MAX_STRIKES; i++) book.strike('first', 0)
    for (let i = 0; i < MAX_STRUCK_PEERS; i++) book.strike(`${i}`, 0)
    expect(book.size).toBe(MAX_STRUCK_PEERS)
    expect(book.refuses('first', 1)).toBe(false)
  })
})
