import { differences, hypothesis, ratios, type Arm } from './hypothesis.ts'

const FEW = 12
const MANY = 48
const REQUESTS_EACH = 8

const COMMON = {
  link: { latency_ms: 25, jitter_pct: 10, bandwidth_mb: 2 },
  adversary: { kind: 'free-rider', fraction: 0.25 },
  exchange: { strict: true, uploadSlots: 2 },
  limit_ms: 600_000
}

/** Everybody fetches popular files and keeps them for others; the more peers, the more files there are. */
function zipf(server: string, leeches: number): Arm {
  const requests = leeches * REQUESTS_EACH
  const json = {
    ...COMMON,
    name: `h4-zipf-${leeches}`,
    topology: { kind: 'mesh', seed: leeches / 6, leech: leeches },
    content: { file_size: 1_000_000, files: 2 * leeches },
    workload: {
      kind: 'popularity',
      popularity: { kind: 'zipf', s: 0.8, requests, rate: leeches / 5, providers: 'even', replicas: 1 }
    }
  }
  return { json, server, client: 'barter' }
}

function swarm(server: string, leeches: number): Arm {
  const json = {
    ...COMMON,
    name: `h4-swarm-${leeches}`,
    topology: { kind: 'mesh', seed: leeches / 6, leech: leeches },
    content: { file_size: 4_000_000, chunk: 131_072 }
  }
  return { json, server, client: 'rarest-first' }
}

export const h4 = hypothesis({
  name: 'h4',
  title: 'direct reciprocity as peers become many',
  source: 'after Feldman, Lai, Stoica and Chuang 2004',
  statement:
    'With interests by a Zipf law, what direct reciprocity costs free-riders falls as peers become many, since the same two ' +
    'seldom meet twice; inside one swarm it does not.',
  limits:
    'Twelve and forty-eight leeches, of whom a quarter give nothing; reciprocity is FairTorrent, its cost to free-riders that of ' +
    'fair shares put aside.',
  arms: {
    zipfFew: zipf('fair-torrent', FEW),
    zipfFewFair: zipf('fair-share', FEW),
    zipfMany: zipf('fair-torrent', MANY),
    zipfManyFair: zipf('fair-share', MANY),
    swarmFew: swarm('fair-torrent', FEW),
    swarmFewFair: swarm('fair-share', FEW),
    swarmMany: swarm('fair-torrent', MANY),
    swarmManyFair: swarm('fair-share', MANY)
  },
  claims: ({ world }) => {
    const penalty = 'free_rider_penalty'
    const cost = (kind: 'zipfFew' | 'zipfMany' | 'swarmFew' | 'swarmMany'): readonly number[] =>
      ratios(world(kind, penalty), world(`${kind}Fair`, penalty))
    return [
      { what: `Zipf, ${FEW}: penalty against that of fair shares`, values: cost('zipfFew'), bound: { from: 1.05 } },
      {
        what: `Zipf: the same, ${FEW} less ${MANY}`,
        values: differences(cost('zipfFew'), cost('zipfMany')),
        bound: { from: 0.05 }
      },
      {
        what: `one swarm: the same, ${FEW} less ${MANY}`,
        values: differences(cost('swarmFew'), cost('swarmMany')),
        bound: { to: 0.05 }
      },
      { what: `Zipf, ${MANY}: penalty against that of fair shares`, values: cost('zipfMany') },
      { what: `one swarm, ${FEW}: the same`, values: cost('swarmFew') },
      { what: `one swarm, ${MANY}: the same`, values: cost('swarmMany') }
    ]
  }
})
