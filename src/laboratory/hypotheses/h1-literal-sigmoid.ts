import { worldValue } from '../reproduce/reproduction.ts'
import { hypothesis, type Arm, type Claim } from './hypothesis.ts'

const LEECHES = 8
const FILE = 4 * 1024 * 1024
/** In files. */
const CREDITS = [0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2] as const
const NEEDED = 0.95

const SCENARIO = {
  name: 'h1',
  about: 'leeches that have nothing to give, and a seed that keeps to the formula',
  topology: { kind: 'star', seed: 1, leech: LEECHES },
  link: { latency_ms: 25, jitter_pct: 10, bandwidth_mb: 100 },
  content: { file_size: FILE },
  exchange: { strict: true, uploadSlots: 2 },
  // Unhindered, everybody has the file within four seconds.
  limit_ms: 60_000
}

function arm(server: string): Arm {
  return { json: SCENARIO, server, client: 'barter' }
}

const ofCredit = (files: number): string => `credit ${files}`

export const h1 = hypothesis<string>({
  name: 'h1',
  title: 'what the sigmoid of the whitepaper does to pure downloaders',
  source: 'after Benet 2014, §3.4.2',
  statement:
    'Taken literally, in bytes, the formula gives a leech that has nothing to give one block and no more; the least ' +
    'initial credit with which 95 % of the files complete is about the size of a file, within a factor of two.',
  limits:
    'One seed and one file each; what credit suffices depends on the patience of a minute and the cool-down of ten seconds.',
  arms: {
    literal: arm('whitepaper'),
    ...Object.fromEntries(CREDITS.map((files) => [ofCredit(files), arm(`whitepaper:credit=${files * FILE}`)]))
  },
  claims: ({ each }): readonly Claim[] => {
    const completed = CREDITS.map((files) => each(ofCredit(files), (run) => 1 - worldValue(run, 'failed') / LEECHES))
    const literal = each('literal', (run) => worldValue(run, 'blocks') / LEECHES)
    const least = literal.map((_, seed) => {
      const found = CREDITS.find((__, at) => (completed[at]?.[seed] ?? 0) >= NEEDED)
      return found ?? Infinity
    })
    return [
      {
        what: 'literally: part of the files that complete',
        values: each('literal', (run) => 1 - worldValue(run, 'failed') / LEECHES),
        bound: { to: 0.05 }
      },
      { what: 'literally: blocks that a leech gets', values: literal, bound: { from: 0.9, to: 1.1 } },
      {
        what: 'least credit with which 95 % complete, in files',
        values: least,
        bound: { from: 0.5, to: 2 }
      },
      ...CREDITS.map((files, at) => ({
        what: `credit of ${files} files: part that completes`,
        values: completed[at] ?? []
      }))
    ]
  }
})
