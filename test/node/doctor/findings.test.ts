import { describe, expect, it } from 'vitest'
import type { PeerAnswer, SearchView, WantInsight } from '../../../src/exchange-insight.ts'
import { toPeerId } from '../../../src/ids.ts'
import { blockFindings, type BlockFacts, type NetworkFacts } from '../../../src/node/doctor/block-findings.ts'
import {
  peerFindings,
  type PeerFacts,
  type RepoFacts,
  type RunningFacts
} from '../../../src/node/doctor/peer-findings.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'

const SEARCH: SearchView = {
  startedAt: 0,
  endedAt: 1,
  found: 0,
  reached: 0,
  unreached: 0,
  failures: [],
  error: undefined
}
const ASKED: WantInsight = {
  cid: numberedBlock(1).cid,
  since: 0,
  session: undefined,
  sessions: 1,
  phase: 'searching',
  asked: 2,
  have: 0,
  dontHave: 2,
  silent: 0,
  peers: [],
  lastSentAt: undefined,
  search: undefined,
  stuckBecause: undefined
}
const TRIAL = { ms: 10_000, cameFrom: undefined, error: undefined, want: ASKED, search: SEARCH }
const NETWORK: NetworkFacts = {
  partners: 2,
  connections: 3,
  privateSwarm: undefined,
  routingOff: undefined,
  trial: TRIAL,
  refusedProviders: [],
  downloadLimit: 0
}
const BLOCK: BlockFacts = {
  cid: 'bafy',
  hash: 'supported',
  local: { state: 'absent' },
  rule: undefined,
  network: NETWORK
}
const HERE = { state: 'sound' } as const
const DAMAGED = { state: 'damaged' } as const
const MISSED = { state: 'missed', reason: 'it lies in quarantine' } as const

function of(network: Partial<NetworkFacts>): Partial<BlockFacts> {
  return { network: { ...NETWORK, ...network } }
}

function asked(peer: string, answer: PeerAnswer): WantInsight['peers'][number] {
  return { peer: toPeerId(peer), answer, askedFor: undefined, dueSince: undefined }
}

/** What is known; which findings come of it, in order. */
const BLOCKS: readonly (readonly [string, Partial<BlockFacts>, readonly string[]])[] = [
  ['here', { local: HERE }, ['ok local']],
  ['here, and denied to others', { local: HERE, rule: 'deny' }, ['ok local', 'note denied']],
  ['damaged, no daemon', { local: DAMAGED, network: undefined }, ['problem damaged']],
  ['damaged', { local: DAMAGED }, ['problem damaged', 'problem all-dont-have', 'problem no-providers']],
  [
    'damaged, and it comes',
    { local: DAMAGED, ...of({ trial: { ...TRIAL, cameFrom: 'bob' } }) },
    ['note damaged', 'ok fetched']
  ],
  ['in quarantine, no daemon', { local: MISSED, network: undefined }, ['problem missed']],
  ['in quarantine', { local: MISSED }, ['problem missed', 'problem all-dont-have', 'problem no-providers']],
  [
    'in quarantine, and it comes',
    { local: MISSED, ...of({ trial: { ...TRIAL, cameFrom: 'bob' } }) },
    ['note missed', 'ok fetched']
  ],
  ['in its own CID', { hash: 'identity' }, ['ok identity']],
  ['of an unknown hash', { hash: { unsupported: 'md5' } }, ['problem unsupported-hash']],
  ['the store fails', { local: { failed: 'EIO' } }, ['problem store-failed']],
  ['no daemon', { network: undefined }, ['note not-local', 'problem offline']],
  ['it comes', of({ trial: { ...TRIAL, cameFrom: 'bob' } }), ['note not-local', 'ok fetched']],
  ['nobody has it', {}, ['note not-local', 'problem all-dont-have', 'problem no-providers']],
  [
    'nobody connected',
    of({ partners: 0, connections: 0 }),
    ['note not-local', 'problem no-peers', 'note no-providers']
  ],
  [
    'nobody connected, and routing off',
    of({ partners: 0, connections: 0, routingOff: 'it is off', trial: undefined }),
    ['note not-local', 'problem no-peers', 'note routing-off']
  ],
  [
    'nobody connected, for whom routing named is out of reach',
    of({ partners: 0, trial: { ...TRIAL, search: { ...SEARCH, found: 1, unreached: 1, failures: [] } } }),
    ['note not-local', 'problem dial-failing', 'note no-peers']
  ],
  [
    'silence',
    of({ trial: { ...TRIAL, want: { ...ASKED, dontHave: 1, silent: 1 } } }),
    ['note not-local', 'warning silent-peers', 'problem no-providers']
  ],
  [
    'a promise',
    of({ trial: { ...TRIAL, want: { ...ASKED, dontHave: 1, have: 1 } } }),
    ['note not-local', 'warning promised', 'problem no-providers']
  ],
  [
    'a full row',
    of({ trial: { ...TRIAL, want: { ...ASKED, stuckBecause: { code: 'busy-peers', text: 'busy' } } } }),
    ['note not-local', 'problem all-dont-have', 'warning busy-peers', 'problem no-providers']
  ],
  [
    'providers out of reach',
    of({
      trial: { ...TRIAL, search: { ...SEARCH, found: 1, unreached: 1, failures: [{ name: 'x', reason: 'refused' }] } }
    }),
    ['note not-local', 'problem all-dont-have', 'problem dial-failing']
  ],
  [
    'a provider that is banned',
    of({ refusedProviders: ['mallory'] }),
    ['note not-local', 'problem all-dont-have', 'problem provider-refused', 'problem no-providers']
  ],
  ['routing off', of({ routingOff: 'it is off' }), ['note not-local', 'problem all-dont-have', 'problem routing-off']],
  [
    'routing fails',
    of({ trial: { ...TRIAL, search: { ...SEARCH, error: 'no DHT' } } }),
    ['note not-local', 'problem all-dont-have', 'problem routing-failed']
  ],
  [
    'routing at it',
    of({ trial: { ...TRIAL, search: { ...SEARCH, endedAt: undefined } } }),
    ['note not-local', 'problem all-dont-have', 'note searching']
  ],
  [
    'a limit, and a failure',
    of({ downloadLimit: 10, trial: { ...TRIAL, error: 'disk full' } }),
    ['note not-local', 'problem request-failed', 'problem all-dont-have', 'problem no-providers', 'note download-limit']
  ]
]

const REPO: RepoFacts = {
  path: '/repo',
  open: [],
  missing: [],
  freeBytes: 10 * 1024 ** 3,
  usedBytes: 1,
  maxBytes: 100,
  storeError: undefined
}
const RUNNING: RunningFacts = {
  listening: 2,
  isOffline: false,
  connections: 5,
  partners: 4,
  bootstrap: 1,
  missingKept: [],
  privateSwarm: undefined,
  routingOff: undefined,
  loopDelayMs: 5,
  wants: 0,
  stuckWants: 0,
  providingBehindMs: 0,
  providingError: undefined,
  providingWaits: false,
  banned: 0,
  limitsReached: []
}
const CLOCK = { epochMs: Date.UTC(2026, 10, 21), jumpedMs: 0 }

/** What is known; what is no `ok` of what comes of it. */
const PEERS: readonly (readonly [string, Partial<PeerFacts>, readonly string[]])[] = [
  ['all is well', {}, []],
  ['no daemon', { running: undefined }, ['problem not-running']],
  ['open files', { repo: { ...REPO, open: [{ path: '/repo/config', mode: 0o644 }] } }, ['problem file-mode']],
  ['no config', { repo: { ...REPO, missing: ['/repo/config'] } }, ['problem missing-file']],
  ['a full disk', { repo: { ...REPO, freeBytes: 1_000 } }, ['problem disk-full']],
  ['a full store', { repo: { ...REPO, usedBytes: 95 } }, ['warning storage-max']],
  ['damage', { repo: { ...REPO, damaged: { count: 2, first: 'bafy' } } }, ['problem damaged']],
  ['damage that was healed', { repo: { ...REPO, damageSince: { found: 2, healed: 2 } } }, ['warning found-damaged']],
  ['no damage since the start', { repo: { ...REPO, damageSince: { found: 0, healed: 0 } } }, []],
  ['a slip in the config', { repo: { ...REPO, strangers: 'nothing reads x' } }, ['warning unread-keys']],
  ['a broken store', { repo: { ...REPO, storeError: 'EIO' } }, ['problem store-failed']],
  ['stores that cannot be opened', { repo: { ...REPO, closed: 'put it back' } }, ['problem closed']],
  ['a clock of long ago', { clock: { epochMs: 0, jumpedMs: 0 } }, ['problem clock']],
  ['a clock that was set', { clock: { ...CLOCK, jumpedMs: -61_000 } }, ['warning clock']],
  ['no ports', { running: { ...RUNNING, listening: 0 } }, ['problem no-ports']],
  ['offline', { running: { ...RUNNING, isOffline: true, listening: 0, connections: 0 } }, ['note offline']],
  ['alone', { running: { ...RUNNING, connections: 0 } }, ['problem no-peers']],
  [
    'alone, with nobody to begin with',
    { running: { ...RUNNING, connections: 0, bootstrap: 0 } },
    ['warning no-bootstrap']
  ],
  ['a friend is away', { running: { ...RUNNING, missingKept: ['bob'] } }, ['warning kept-peer']],
  ['nobody to tell', { running: { ...RUNNING, providingWaits: true } }, ['note providing-waits']],
  ['routing off', { running: { ...RUNNING, routingOff: 'off' } }, ['note routing-off']],
  [
    'trouble',
    {
      running: {
        ...RUNNING,
        loopDelayMs: 500,
        stuckWants: 1,
        providingBehindMs: 60_000,
        providingError: 'refused',
        banned: 1,
        limitsReached: [{ text: 'wants', count: 3 }]
      }
    },
    [
      ...['warning event-loop', 'warning stuck-wants', 'warning providing-behind', 'note providing-error'],
      ...['note banned', 'note limit-reached']
    ]
  ]
]

describe('the doctor', () => {
  it.each(BLOCKS.map((one) => [one[0], one] as const))('on a block: %s', (_, [, facts, expected]) => {
    const findings = blockFindings({ ...BLOCK, ...facts })
    expect(findings.map(({ level, code }) => `${level} ${code}`)).toEqual(expected)
  })

  it.each(PEERS.map((one) => [one[0], one] as const))('on a peer: %s', (_, [, facts, expected]) => {
    const findings = peerFindings({ repo: REPO, clock: CLOCK, running: RUNNING, ...facts })
    const bad = findings.filter(({ level }) => level !== 'ok')
    expect(bad.map(({ level, code }) => `${level} ${code}`)).toEqual(expected)
  })

  it('names the peers that were asked, some of them, and the block to ask others for', () => {
    const peers = ['alice', 'bob', 'carol', 'dave'].map((name) => asked(name, 'dont-have'))
    const told = (want: Partial<WantInsight>) => {
      const trial = { ...TRIAL, want: { ...ASKED, ...want } }
      return blockFindings({ ...BLOCK, ...of({ trial }) }).find(({ code }) => /dont-have|silent|promised/u.test(code))
    }
    const advice = 'name a peer that has it: `barter block get --from <multiaddr> bafy`'
    const one = 'the peer asked said that it does not have it (alice)'
    expect(told({ asked: 1, dontHave: 1, peers: peers.slice(0, 1) })).toMatchObject({ text: one, advice })
    const several = 'each of 4 peers asked said that it does not have it (alice, bob, carol …)'
    expect(told({ asked: 4, dontHave: 4, peers })).toMatchObject({ text: several, advice })
    const silent = [asked('eve', 'silent'), ...peers.slice(0, 1)]
    expect(told({ asked: 2, dontHave: 1, silent: 1, peers: silent })?.text).toContain('did not answer (eve); 1')
    expect(told({ asked: 1, have: 1, dontHave: 0, peers: [asked('eve', 'have')] })?.text).toMatch(/in time \(eve\)$/u)
  })

  it('says what to do about most problems', () => {
    const all = BLOCKS.flatMap(([, facts]) => blockFindings({ ...BLOCK, ...facts }))
    const helpless = all.filter(({ level, advice }) => level === 'problem' && advice === undefined)
    expect([...new Set(helpless.map(({ code }) => code))]).toEqual(['routing-off', 'request-failed'])
  })
})
