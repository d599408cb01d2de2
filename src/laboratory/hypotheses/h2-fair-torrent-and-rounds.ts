import { differences, hypothesis, ratios, type Arm } from './hypothesis.ts'

/** Twenty-four rounds of tit-for-tat; nobody is done by then. */
const LIMIT_MS = 240_000

const SCENARIO = {
  name: 'h2',
  about: 'ten traders of unequal uplinks, looked at after four minutes',
  topology: { kind: 'mesh', seed: 0, leech: 10 },
  link: {
    latency_ms: 25,
    jitter_pct: 10,
    classes: [
      { share: 0.34, upload_mb: 0.25 },
      { share: 0.33, upload_mb: 0.5 },
      { share: 0.33, upload_mb: 1 }
    ]
  },
  content: { file_size: 6_000_000 },
  workload: { kind: 'trade', wants: 5 },
  exchange: { strict: true, uploadSlots: 4 },
  limit_ms: LIMIT_MS
}

function arm(server: string): Arm {
  return { json: SCENARIO, server, client: 'barter' }
}

export const h2 = hypothesis({
  name: 'h2',
  title: 'fairness and idle uplinks without rounds',
  source: 'after Sherman, Nieh and Stein 2012, and Cohen 2003',
  statement:
    'FairTorrent gives back to traders what they gave, with a Jain index of 0.95 at least of bytes got over bytes given, and ' +
    'leaves less uplink idle than tit-for-tat, since it has no rounds to wait for.',
  limits: 'Ten traders in three classes of uplink; the index is of bytes with duplicates, and of one moment.',
  arms: {
    fairTorrent: arm('fair-torrent'),
    titForTat: arm('tit-for-tat'),
    fairShare: arm('fair-share')
  },
  claims: ({ world }) => [
    {
      what: 'FairTorrent: Jain index of bytes got over bytes given',
      values: world('fairTorrent', 'jain_return'),
      bound: { from: 0.95 }
    },
    {
      what: 'uplink idle while somebody waited: FairTorrent less tit-for-tat',
      values: differences(world('fairTorrent', 'idle_uplink'), world('titForTat', 'idle_uplink')),
      bound: { to: 0 }
    },
    { what: 'FairTorrent: part of the waiting that the uplink was idle', values: world('fairTorrent', 'idle_uplink') },
    { what: 'tit-for-tat: the same part', values: world('titForTat', 'idle_uplink') },
    {
      what: 'bytes sent in the same time: FairTorrent over tit-for-tat',
      values: ratios(world('fairTorrent', 'wire_sent'), world('titForTat', 'wire_sent'))
    },
    { what: 'tit-for-tat: the same index', values: world('titForTat', 'jain_return') },
    { what: 'fair shares: the same index', values: world('fairShare', 'jain_return') },
    {
      what: 'index: FairTorrent less tit-for-tat',
      values: differences(world('fairTorrent', 'jain_return'), world('titForTat', 'jain_return'))
    }
  ]
})
