import { describe, expect, it } from 'vitest'
import { debtText, oneSided } from '../../../src/page/format/debt-text.ts'
import { bytesText, countOf, countText, percentText, rateText, ratioText } from '../../../src/page/format/numbers.ts'
import { providingTrouble } from '../../../src/page/format/providing-trouble.ts'
import { safeText } from '../../../src/page/format/safe-text.ts'
import { shortId, shortLabel, shortPeer } from '../../../src/page/format/short-id.ts'
import { latencyText, spanText } from '../../../src/page/format/times.ts'
import { SNAPSHOT } from '../../support/fake-insight.ts'

describe('numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.6, '1.00 kB'],
    [12_345, '12.3 kB'],
    [999_499, '999 kB'],
    [999_501, '1.00 MB'],
    [4.2e15, '4.20 PB'],
    [-1_500, '−1.50 kB'],
    [Number.NaN, '–']
  ])('%s bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })

  it('shows rates, counts, ratios and shares', () => {
    expect(rateText(2e6)).toBe('2.00 MB/s')
    expect(countText(1_234_567)).toBe('1,234,567')
    expect([0.5, 12.34, 123.4, Infinity].map(ratioText)).toEqual(['0.50', '12.3', '123', '–'])
    expect([percentText(1, 8), percentText(1, 0)]).toEqual(['12.5 %', '–'])
  })
})

describe('sentences', () => {
  it('have one of a thing, and several things', () => {
    expect([0, 1, 1_200].map((count) => countOf(count, 'session'))).toEqual([
      '0 sessions',
      '1 session',
      '1,200 sessions'
    ])
  })

  it.each([
    [{ sent: 0, received: 0, debtRatio: 0 }, '–', undefined],
    [{ sent: 8e6, received: 0, debtRatio: 8e6 }, '∞', 'it got 8.00 MB, and gave nothing'],
    [{ sent: 0, received: 5_000, debtRatio: 0 }, '0.00', 'it gave 5.00 kB, and got nothing'],
    [{ sent: 8e6, received: 1, debtRatio: 4e6 }, '> 999', undefined],
    [{ sent: 3, received: 1, debtRatio: 1.5 }, '1.50', undefined]
  ])('tell what a partner owes: %o', (account, ratio, words) => {
    expect([debtText(account), oneSided(account)]).toEqual([ratio, words])
  })

  it('tell when others do not hear of what is here', () => {
    const { providing } = SNAPSHOT
    const trouble = (more: Partial<typeof providing>) => providingTrouble({ ...providing, ...more })
    expect([trouble({ state: 'idle' }), trouble({ state: 'waiting', queued: 1 }), providingTrouble(undefined)]).toEqual(
      [undefined, undefined, undefined]
    )
    expect(trouble({ state: 'paused', lastError: 'no route' })).toContain('is paused after failures')
    expect(trouble({ state: 'paused', lastError: 'no route' })).toContain(': no route')
    expect(trouble({ state: 'providing', behindMs: 3_600_000 })).toContain('1 h late')
  })
})

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [187_240_000, '2 d 4 h'],
    [-1, '–']
  ])('%s ms are %s', (ms, text) => {
    expect(spanText(ms)).toBe(text)
  })

  it('shows a latency with as much as it says', () => {
    expect([0.42, 9.94, 12.6, undefined].map(latencyText)).toEqual(['0.4 ms', '9.9 ms', '13 ms', '–'])
  })
})

describe('texts of strangers', () => {
  it('shows what is not to be seen by its number', () => {
    expect(safeText('a\u0000b\u001b[31m\u202egnp.exe\u2066\ufeff\n')).toBe(
      'a\\u0000b\\u001b[31m\\u202egnp.exe\\u2066\\ufeff\\u000a'
    )
    expect(safeText('<img src=x onerror=alert(1)> ä 漢 🙂')).toBe('<img src=x onerror=alert(1)> ä 漢 🙂')
    expect(safeText('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`)
  })

  it('shows both ends of an id', () => {
    expect(shortId('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi')).toBe('bafybeig…5fbzdi')
    expect(shortPeer('12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z')).toBe('12D3…PKpssC6z')
    expect(shortId('short')).toBe('short')
  })

  it('cuts the CIDs of a label, and leaves the rest', () => {
    const label = 'cat /ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/a.jpg'
    expect(shortLabel(label)).toBe('cat bafy…bzdi/a.jpg')
    expect(shortLabel('helia session')).toBe('helia session')
  })
})
