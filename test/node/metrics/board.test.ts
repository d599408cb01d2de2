import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { SERIES } from '../../../src/node/metrics/metrics.ts'
import { PROJECT } from '../../tools/source-tree.ts'

const BOARD = readFileSync(join(PROJECT, 'docs/grafana/barter.json'), 'utf8')
const ALERTS = readFileSync(join(PROJECT, 'docs/alerts.yml'), 'utf8')
const OPERATING = readFileSync(join(PROJECT, 'docs/operating.md'), 'utf8')

/** What may be asked for: ours, and those of Node.js. */
function knownNames(): ReadonlySet<string> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const histograms = SERIES.filter(({ type }) => type === 'histogram')
  const parts = histograms.flatMap(({ name }) => [`${name}_bucket`, `${name}_sum`, `${name}_count`])
  return new Set([...SERIES.map(({ name }) => name), ...parts, ...registry.getMetricsAsArray().map(({ name }) => name)])
}

function namesIn(text: string): readonly string[] {
  return text.match(/\b(?:ipfs|exchange|provider|libp2p|rpc|barter|process|nodejs)_[a-z0-9_]+/gu) ?? []
}

describe('the board, the alerts and the page for operators', () => {
  it.each([
    ['docs/grafana/barter.json', BOARD, 30],
    ['docs/alerts.yml', ALERTS, 10],
    ['docs/operating.md', OPERATING, 10]
  ])('%s names metrics that there are', (_, text, atLeast) => {
    const [known, names] = [knownNames(), namesIn(text)]
    expect(names.length).toBeGreaterThanOrEqual(atLeast)
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })

  it('the board is one that Grafana reads: every panel has a question, and an id of its own', () => {
    const board = JSON.parse(BOARD) as {
      panels: { id: number; type: string; targets?: { expr: string }[] }[]
    }
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
    const asking = board.panels.filter(({ type }) => type !== 'row')
    expect(asking.every(({ targets = [] }) => targets.length > 0 && targets.every(({ expr }) => expr !== ''))).toBe(
      true
    )
  })

  it('each alert has a name, a question, and says what to do', () => {
    const count = (word: string): number => ALERTS.split(new RegExp(`^ +(?:- )?${word}:`, 'mu')).length - 1
    expect([count('expr'), count('summary'), count('description'), count('labels')]).toEqual([13, 13, 13, 13])
    expect(count('alert')).toBe(13)
  })
})
