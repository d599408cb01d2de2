import { expect, test } from 'vitest'
import { reproductionPage } from '../../../src/laboratory/reproduce/page.ts'
import {
  comparison,
  countHeld,
  exact,
  ordering,
  ratio,
  type Reproduction
} from '../../../src/laboratory/reproduce/reproduction.ts'

const reproduction: Reproduction = {
  name: 'a0',
  title: 'an experiment',
  source: 'Somebody 2020',
  contradictions: 'The text says 5, the figure 6.',
  run: () => Promise.resolve([])
}

test('a page shows what was published, what came out here, and why it failed', () => {
  const checks = [
    exact('blocks', 17, 17),
    ratio('messages', 100, 130, 0.2, 'cancels are merged'),
    ordering('who wins', 'the first', 'the first', true, 'never shown'),
    comparison('seconds', 117, 117.04, 'the pace was set so')
  ]
  const page = reproductionPage([{ reproduction, checks }], 'Seeds 1 to 3.')
  expect(page).toContain('2 of 3 values hold. Seeds 1 to 3.')
  expect(page).toContain('<td>100 ± 20 %</td><td>130</td><td>ratio</td><td>fail</td><td>cancels are merged</td>')
  expect(page).toContain(
    '<td>117</td><td>117</td><td>comparison</td><td>for comparison</td><td>the pace was set so</td>'
  )
  expect(page).toContain('The text says 5')
  expect(page).not.toContain('never shown')
  // Numbers are drawn; orders and comparisons are not.
  expect(page.match(/<circle/gu)).toHaveLength(2)
})

test('what can come to nothing else is not counted as holding', () => {
  const shown = comparison('seconds', 117, 300, 'the pace was set so')
  expect(shown).not.toHaveProperty('passed')
  expect(countHeld([exact('blocks', 17, 17), exact('bytes', 1, 2), shown])).toBe('1 of 2')
  expect(countHeld([shown])).toBe('0 of 0')
})
