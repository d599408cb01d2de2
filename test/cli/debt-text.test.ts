import { expect, it } from 'vitest'
import { debtText } from '../../src/cli/debt-text.ts'

it.each([
  [0, 0, '0.000'],
  [0, 10, '0.000'],
  [5, 9, '0.500'],
  [4_000_000, 0, 'nothing came back'],
  [4_000_000, 3, 'more than 999']
])('%d bytes for %d are a debt ratio of %s', (sent, received, text) => {
  expect(debtText({ sent, received, debtRatio: sent / (received + 1) })).toBe(text)
})
