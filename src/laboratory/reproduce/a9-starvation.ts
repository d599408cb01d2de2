import { median } from '../statistics/quantile.ts'
import { checkedScenario, ordering, short, worldValue, type Check, type Reproduction } from './reproduction.ts'

const LEECHES = 8

function scenario(): Record<string, unknown> {
  return checkedScenario({
    name: 'starvation',
    about: 'a seed that is owed by everybody, and leeches that can give it nothing',
    topology: { kind: 'star', seed: 1, leech: LEECHES },
    link: { latency_ms: 25, bandwidth_mb: 100 },
    content: { file_size: 4 * 1024 * 1024 },
    exchange: { strict: true, uploadSlots: 2 },
    limit_ms: 60_000
  })
}

/** The probability of the paper, 1 − 1 / (1 + e^(6 − 3r)), with r in bytes, in units of 1 MiB, and with credit. */
const CURES: readonly (readonly [string, string, boolean])[] = [
  ['taken literally, in bytes', 'whitepaper', false],
  ['in units of a MiB, without credit', 'whitepaper:unit=1048576', false],
  ['in units of a MiB, with a file of credit', 'whitepaper:unit=1048576,credit=4194304', true],
  ["Barter's debt ratio, as it ships", 'debt-ratio', true]
]

/** The formula of the IPFS whitepaper, taken at its word, serves a pure downloader one block and never another. */
export const a9: Reproduction = {
  name: 'a9',
  title: "the whitepaper's formula starves pure downloaders, and what cures it",
  source: 'Benet 2014, §3.4.2; arithmetic of it (hypothesis H1)',
  run: async (bench) => {
    const seeds = bench.seeds.slice(0, 10)
    const requests = CURES.flatMap(([, server]) =>
      seeds.map((seed) => ({ json: scenario(), server, client: 'barter', seed }))
    )
    const results = await bench.run(requests)
    return CURES.map(([what, , completes], at): Check => {
      const runs = results.slice(at * seeds.length, (at + 1) * seeds.length)
      const failed = median(runs.map((run) => worldValue(run, 'failed')))
      const blocks = median(runs.map((run) => worldValue(run, 'blocks')))
      return ordering(
        what,
        completes ? 'everybody gets the file' : 'nobody gets the file within a minute',
        `${LEECHES - failed} of ${LEECHES} files complete, ${short(blocks / LEECHES)} blocks a leech`,
        completes ? failed === 0 : failed === LEECHES
      )
    })
  }
}
