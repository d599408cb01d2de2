import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { runExperiment } from '../../src/laboratory/experiment/run-experiment.ts'
import { diffResults } from '../../src/laboratory/report/diff.ts'
import { splitCsv } from '../../src/laboratory/report/metric-table.ts'
import { writeReport } from '../../src/laboratory/report/write-report.ts'
import { readScenario } from '../../src/laboratory/scenario/read-scenario.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function results(servers: readonly string[], bandwidth_mb = 50, changes: object = {}): Promise<string> {
  const json = {
    name: 'a <small> one',
    topology: { kind: 'random', seed: 2, leech: 6, degree: 4 },
    link: { bandwidth_mb },
    content: { file_size: 500_000 },
    ...changes
  }
  const directory = await temporaryDirectory()
  const experiment = { json, scenario: readScenario(json), servers, clients: ['barter'], seeds: [1, 2, 3] }
  await runExperiment(experiment, { directory, workers: 1, about: { barter: '0', node: 'v0', platform: 'here' } })
  return directory
}

describe('a report', () => {
  test('is one page that needs nothing else, with tables, figures, scenario and seeds', async () => {
    const directory = await results(['fair-share', 'debt-ratio'])
    const { html, figures } = await writeReport(directory)
    const page = await readFile(html, 'utf8')
    expect(page).toContain('<h1>a &lt;small&gt; one</h1>')
    expect(page.match(/<svg /gu)).toHaveLength(8)
    expect(figures).toHaveLength(8)
    expect(page).not.toMatch(/<script|<link|src=|url\(/u)
    expect(page).toContain('Compared with fair-share / barter')
    expect(page).toContain('&quot;degree&quot;: 4')
    expect(page).toContain('<td>1, 2, 3</td>')
    expect(page).not.toContain('NaN')
  })

  test('shows a dash for the last complete file where some never were', async () => {
    const directory = await results(['fair-share'], 50, { limit_ms: 20 })
    const { html, summary } = await writeReport(directory)
    const title = '<h3>until the last file was complete (ms)</h3>'
    const table = (await readFile(html, 'utf8')).split(title)[1]?.split('</table>')[0]
    expect(table).toContain('<td>fair-share / barter</td><td>0</td><td>–</td><td>–</td>')
    expect(await readFile(summary, 'utf8')).not.toMatch(/last_complete|NaN/u)
  })

  test('counts runs that did exactly the same as one, and says so', async () => {
    const fixed = { topology: { kind: 'mesh', seed: 1, leech: 1 }, server: 'fair-share' }
    const { html, summary } = await writeReport(await results(['fair-share'], 50, fixed))
    const page = await readFile(html, 'utf8')
    expect(page).toContain('nothing was left to chance')
    expect(page).toContain('<td>1 (of 3 runs)</td>')
    expect(page).toContain('There is no interval where n is below 6')
    const line = (await readFile(summary, 'utf8')).split('\n').find((text) => text.includes('time_to_fetch_median'))
    expect(line).toMatch(/^"fair-share \/ barter",time_to_fetch_median,1,3,[0-9.]+,,,,,$/u)
  })

  test('draws requests that failed as never finished, and says how many', async () => {
    const { html } = await writeReport(
      await results(['fair-share'], 50, { workload: { request_stagger: 1_000 }, limit_ms: 2_500 })
    )
    const page = await readFile(html, 'utf8')
    expect(page).toMatch(/Every request of every run. [0-9]+ failed: they count as never finished/u)
  })

  test('has the metrics of peers as Testground writes them', async () => {
    const directory = await results(['fair-share'])
    const { testground } = await writeReport(directory)
    const lines = (await readFile(testground, 'utf8')).trimEnd().split('\n')
    const points = new Map(
      lines.map((line) => {
        const { ts, type, name, measures } = JSON.parse(line) as Record<string, unknown>
        expect([ts, type]).toEqual([0, 'point'])
        return [name, (measures as { value: number }).value]
      })
    )
    const path =
      'topology:(2-6-0)/transport:bitswap/maxConnectionRate:100/latencyMS:5/bandwidthMB:50/run:2/seq:5/' +
      'groupName:fair-share+barter/groupSeq:5/fileSize:500000/nodeType:Leech/nodeTypeIndex:3/name:'
    const rows = (await readFile(join(directory, 'metrics.csv'), 'utf8')).split('\n').map(splitCsv)
    const ours = (metric: string): number =>
      Number(rows.find((row) => row[3] === '2' && row[4] === '4' && row[6] === metric)?.[7])
    expect(points.get(`${path}time_to_fetch`)).toBe(ours('time_to_fetch') * 1_000_000)
    expect(points.get(`${path}data_rcvd`)).toBe(ours('block_data_rcvd'))
    expect(points.get(`${path}wants_rcvd`)).toBe(ours('want_haves_rcvd') + ours('want_blocks_rcvd'))
    // Thirteen metrics of six leeches, eleven of two seeds that fetch nothing, in three runs.
    expect(points.size).toBe(3 * (6 * 13 + 2 * 11))
  })

  test('has every row of the results as Parquet', async () => {
    const directory = await results(['fair-share'])
    const { parquet } = await writeReport(directory)
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) })
    const lines = (await readFile(join(directory, 'metrics.csv'), 'utf8')).trimEnd().split('\n').slice(1)
    expect(rows).toHaveLength(lines.length)
    const [, server, , seed, peer, role, metric, value] = splitCsv(lines.at(-1) ?? '')
    expect(rows.at(-1)).toMatchObject({
      server,
      role,
      metric,
      seed: Number(seed),
      peer: Number(peer),
      value: Number(value)
    })
  })
})

describe('a difference of results', () => {
  test('is none between a run and its like', async () => {
    const [one, other] = [await results(['fair-share']), await results(['fair-share'])]
    const diff = await diffResults(one, other)
    expect(diff).toMatchObject({ isSameScenario: true, sharedRuns: 3, equalRuns: 3 })
    expect(diff.comparisons.every(({ shift, delta }) => shift === 0 && delta === 0)).toBe(true)
  })

  test('is told seed by seed where there is one', async () => {
    const diff = await diffResults(await results(['fair-share']), await results(['fair-share'], 10))
    expect(diff).toMatchObject({ isSameScenario: false, sharedRuns: 3, equalRuns: 0 })
    const slower = diff.comparisons.find(({ metric }) => metric === 'last_complete')
    expect(slower?.shift).toBeGreaterThan(0)
    expect(slower?.delta).toBe(1)
  })
})

test('what is no directory of results is said to be none', async () => {
  await expect(writeReport(await temporaryDirectory())).rejects.toThrow(/expected a directory that `barter lab run/u)
})
