import { describe, expect, test } from 'vitest'
import type { CellSummary } from '../../../src/laboratory/experiment/result-writer.ts'
import { residualSection } from '../../../src/laboratory/report/residual-section.ts'
import { percentText, residuals, residualsCsv } from '../../../src/laboratory/report/residuals.ts'

interface Figures {
  readonly kind: 'virtual' | 'libp2p'
  readonly seed?: number
  readonly server?: string
  readonly world: Readonly<Record<string, number>>
}

function cell({ kind, seed = 1, server = 'fair', world }: Figures): CellSummary {
  const figures = { scenario: 's', server, client: 'barter', seed, messages: 0, virtualMs: 0, wallMs: 0, world }
  return kind === 'virtual'
    ? { ...figures, worldKind: kind, eventHash: 'ab' }
    : { ...figures, worldKind: kind, eventHash: 'none' }
}

const BOTH = [
  cell({ kind: 'virtual', seed: 1, world: { fetched_blocks: 10, duplicates: 0, failed: 0, last_complete: 100 } }),
  cell({ kind: 'virtual', seed: 2, world: { fetched_blocks: 10, duplicates: 0, failed: 0, last_complete: 200 } }),
  cell({ kind: 'virtual', seed: 3, world: { fetched_blocks: 10, duplicates: 0, failed: 0, last_complete: 900 } }),
  cell({
    kind: 'libp2p',
    seed: 1,
    world: { fetched_blocks: 12, duplicates: 3, failed: 0, last_complete: 210, loop_utilisation: 0.5 }
  })
]

describe('residuals', () => {
  test('are differences of the medians, in percent, counts first', () => {
    const all = residuals(BOTH)
    expect(all.map(({ metric, virtual, libp2p, percent }) => [metric, virtual, libp2p, percent])).toEqual([
      ['failed', 0, 0, 0],
      ['fetched_blocks', 10, 12, 20],
      // Of nothing there is no percentage.
      ['duplicates', 0, 3, undefined],
      ['last_complete', 200, 210, 5]
    ])
    expect(all.map(({ kind }) => kind)).toEqual(['count', 'count', 'count', 'time'])
    expect(all[0]?.n).toEqual({ virtual: 3, libp2p: 1 })
    expect(all.map(percentText)).toEqual(['0.0 %', '+20.0 %', '–', '+5.0 %'])
  })

  test('are of each pair of strategies for itself, and of none that was run in one kind of world alone', () => {
    const other = cell({ kind: 'virtual', server: 'other', world: { fetched_blocks: 4 } })
    const also = cell({ kind: 'libp2p', server: 'other', world: { fetched_blocks: 5 } })
    expect(residuals([...BOTH, other]).every(({ strategies }) => strategies === 'fair / barter')).toBe(true)
    expect(residuals([...BOTH, other, also]).at(-1)).toMatchObject({ strategies: 'other / barter', percent: 25 })
    expect(residualSection(residuals([other]), [other])).toEqual([])
  })

  test('are shown in two tables that say how the links were made, and as CSV', () => {
    const page = residualSection(residuals(BOTH), BOTH).join('\n')
    expect(page.match(/<table>/gu)).toHaveLength(2)
    expect(page).toContain('user space')
    expect(page).toContain('busy for 50 % of the time')
    expect(residualsCsv(residuals(BOTH)).split('\n')[2]).toBe('"fair / barter",count,fetched_blocks,3,1,10,12,20')
  })
})
