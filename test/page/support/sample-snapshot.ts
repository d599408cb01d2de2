import type { SnapshotChange } from '../../../src/api/service/insight-service.ts'
import type { PartnerRow, Snapshot, TrafficPart } from '../../../src/api/service/insight-snapshot.ts'
import type { SessionRow, StuckCode, WantPhase, WantRow } from '../../../src/api/service/insight-wants.ts'

/** A peer that is as busy as one likes, and the same each time: for tests of the page that need no daemon. */
export interface SampleInit {
  readonly wants: number
  readonly partners: number
  readonly now: number
  readonly seed?: number
}

const AGENTS = ['kubo/0.43.0/desktop', 'barter/0.1.0', 'kubo/0.42.1', 'helia/7.1.15', 'boxo-fetch/0.3', 'storm/0.9']
const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const LABELS = [
  `get /ipfs/${ROOT}`,
  `cat ${ROOT}/photos/harbour.jpg`,
  `page download ${ROOT}`,
  `pin add /ipfs/${ROOT}`,
  `gateway GET /ipfs/${ROOT}?format=car`
]
const STUCK: readonly (readonly [StuckCode, string])[] = [
  ['all-dont-have', 'All 14 peers that were asked say that they do not have it.'],
  ['no-providers', 'Routing was asked 3 times, and named nobody.'],
  ['silent-peers', '2 peers have it, and have sent nothing for 31 s.'],
  ['dial-failing', 'Of 4 providers none could be dialled: connection refused.'],
  ['busy-peers', 'The one peer that has it queues 48 MB before it.']
]
const PHASES: readonly WantPhase[] = ['asked', 'asked', 'asked', 'searching', 'ready', 'storing']

/** Numbers from 0 to 1, the same for the same seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function word(roll: () => number, length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[Math.floor(roll() * alphabet.length)] ?? '').join('')
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

export class SamplePeer {
  readonly #roll: () => number
  readonly #init: SampleInit
  /** Bounded: by `init`. */
  #wants: readonly WantRow[] = []
  /** Bounded: by `init`. */
  #partners: readonly PartnerRow[] = []
  #traffic: TrafficPart
  #seq = 0

  constructor(init: SampleInit) {
    this.#init = init
    this.#roll = dice(init.seed ?? 7)
    this.#partners = Array.from({ length: init.partners }, (_, index) => this.#partner(index))
    this.#wants = Array.from({ length: init.wants }, () => this.#want(init.now))
    this.#traffic = this.#flows(init.now)
  }

  snapshot(now: number): Snapshot {
    const stuckOnes = this.#partners.filter(({ isConnected }) => isConnected).length
    return {
      at: now,
      peer: {
        id: `12D3KooW${word(dice(3), 44, BASE58)}`,
        agent: 'barter/0.1.0',
        startedAt: this.#init.now - 187_240_000,
        addresses: ['/ip4/127.0.0.1/tcp/4001', '/ip4/198.51.100.24/tcp/4001', '/ip4/198.51.100.24/tcp/4002/ws'],
        addressesTotal: 3,
        routing: { type: 'auto' },
        isServing: true,
        peersIn: Math.ceil(stuckOnes * 0.4),
        peersOut: Math.floor(stuckOnes * 0.6),
        partners: stuckOnes
      },
      traffic: this.#traffic,
      wants: { total: this.#wants.length, rows: this.#wants },
      partners: { total: this.#partners.length, rows: this.#partners },
      sessions: { total: LABELS.length, rows: LABELS.map((label, index) => this.#session(label, index)) },
      ...QUIET_PARTS,
      log: Array.from({ length: 40 }, (_, index) => this.#line(now - (40 - index) * 700))
    }
  }

  /** A second later: some wants have come and others are new, and so on. */
  next(now: number, changed = 0.05): SnapshotChange {
    const gone = this.#wants.filter(() => this.#roll() < changed / 3).map(({ id }) => id)
    const left = this.#wants.filter(({ id }) => !gone.includes(id))
    const fresh = gone.map(() => this.#want(now))
    const moved = left
      .filter(() => this.#roll() < changed)
      .map((want) => ({ ...want, asked: want.asked + 1, silent: want.silent + 1 }))
    const byId = new Map(moved.map((want) => [want.id, want]))
    this.#wants = [...left.map((want) => byId.get(want.id) ?? want), ...fresh]
    const busy = this.#partners.map((partner) => (this.#roll() < 0.6 ? this.#traded(partner) : partner))
    const traded = busy.filter((partner, index) => partner !== this.#partners[index])
    this.#partners = busy
    this.#traffic = this.#flows(now)
    return {
      at: now,
      traffic: this.#traffic,
      wants: { total: this.#wants.length, set: [...moved, ...fresh], gone },
      partners: { total: this.#partners.length, set: traded, gone: [] },
      log: [this.#line(now)]
    }
  }

  #int(most: number): number {
    return Math.floor(this.#roll() * most)
  }

  #pick<T>(values: readonly [T, ...T[]] | readonly T[]): T {
    return values[this.#int(values.length)] as T
  }

  #want(now: number): WantRow {
    const age = Math.floor(this.#roll() ** 4 * 240_000)
    const isStuck = age > 60_000 && this.#roll() < 0.5
    const asked = 1 + this.#int(12)
    const have = this.#int(Math.min(3, asked + 1))
    const dontHave = this.#int(asked - have + 1)
    const [code, text] = this.#pick(STUCK)
    const phase = isStuck ? 'searching' : this.#pick(PHASES)
    const label = this.#pick(LABELS)
    return {
      id: `bafybei${word(this.#roll, 52, BASE32)}`,
      kind: have > 0 ? 'block' : 'have',
      since: now - age,
      session: String(LABELS.indexOf(label) + 1),
      label,
      sessions: this.#roll() < 0.1 ? 2 : 1,
      phase,
      asked,
      have,
      dontHave,
      silent: asked - have - dontHave,
      peers: this.#partners.slice(0, Math.min(asked, 6)).map(({ id }, index) => ({
        peer: id,
        answer:
          index < have ? ('have' as const) : index < have + dontHave ? ('dont-have' as const) : ('silent' as const),
        ...(index === 0 && have > 0 ? { dueSince: now - Math.min(age, 4_000) } : {})
      })),
      lastSentAt: now - Math.min(age, 2_000),
      ...(isStuck ? { stuckBecause: { code, text } } : {})
    }
  }

  #partner(index: number): PartnerRow {
    const isBusy = this.#roll() < 0.3
    const received = Math.floor(this.#roll() ** 5 * 6e9)
    const sent = Math.floor(this.#roll() ** 5 * 9e9)
    const isDenied = index % 37 === 36
    const isConnected = !isDenied && this.#roll() < 0.93
    return {
      id: `12D3KooW${word(this.#roll, 44, BASE58)}`,
      isConnected,
      agent: this.#pick(AGENTS),
      ...(isConnected
        ? { direction: this.#roll() < 0.4 ? 'inbound' : 'outbound', connectedAt: this.#init.now - this.#int(9e7) }
        : {}),
      address: `/ip4/203.0.113.${1 + this.#int(254)}/tcp/4001`,
      connections: isConnected ? 1 : 0,
      protocol: '/ipfs/bitswap/1.2.0',
      latencyMs: 4 + this.#roll() ** 3 * 380,
      sent,
      received,
      exchanges: Math.ceil((sent + received) / 260_000),
      debtRatio: sent / (received + 1),
      wants: isBusy ? this.#int(400) : 0,
      pendingTasks: isBusy ? this.#int(120) : 0,
      queuedBytes: isBusy ? this.#int(30e6) : 0,
      inFlightBytes: isBusy ? this.#int(1e6) : 0,
      overflowDropped: 0,
      owes: this.#int(20),
      told: this.#int(60),
      score: isDenied ? 0.12 : 0.4 + this.#roll() * 0.6,
      worth: this.#int(100),
      policy: isDenied ? 'denied' : 'default',
      ...(index % 29 === 11 ? { upload: 1_000_000 } : {}),
      isKept: index % 23 === 3
    }
  }

  #traded(partner: PartnerRow): PartnerRow {
    const received = partner.received + this.#int(400_000)
    const sent = partner.sent + this.#int(500_000)
    return { ...partner, received, sent, debtRatio: sent / (received + 1), exchanges: partner.exchanges + 2 }
  }

  #session(label: string, index: number): SessionRow {
    const open = this.#wants.filter((want) => want.label === label).length
    return {
      id: String(index + 1),
      label,
      since: this.#init.now - this.#int(400_000),
      open,
      done: this.#int(4_000),
      looking: 0,
      ready: Math.floor(open * 0.1),
      asked: Math.floor(open * 0.7),
      searching: Math.floor(open * 0.2),
      peers: 1 + this.#int(12),
      named: index === 1 ? 3 : 0,
      unreached: index === 1 ? 1 : 0,
      isFixed: false
    }
  }

  /** Waves: what comes in swells and fades, as downloads begin and end. */
  #flows(now: number): TrafficPart {
    const second = (now - this.#init.now) / 1000
    const swell = 0.55 + 0.35 * Math.sin(second / 23) + 0.1 * this.#roll()
    const ebb = 0.5 + 0.3 * Math.cos(second / 31) + 0.15 * this.#roll()
    const payload = 9.6e6 * swell
    const outPayload = 6.1e6 * ebb
    return {
      overMs: 1_000,
      in: { payload, duplicate: payload * (0.05 + 0.04 * this.#roll()), overhead: 210_000 + 60_000 * this.#roll() },
      out: { payload: outPayload, duplicate: 0, overhead: 260_000 + 90_000 * this.#roll() },
      totalIn: { payload: 412e9 + second * 5e6, duplicate: 17.2e9, overhead: 6.9e9 },
      totalOut: { payload: 288e9 + second * 3e6, duplicate: 0, overhead: 8.3e9 },
      messagesIn: 8_412_003 + Math.floor(second * 90),
      messagesOut: 7_944_120 + Math.floor(second * 80),
      blocksIn: 1_702_884 + Math.floor(second * 20),
      blocksOut: 1_233_410 + Math.floor(second * 12),
      duplicateBlocksIn: 71_220,
      limits: { upload: 10_000_000, download: 0, uploadPerPeer: 0, downloadPerPeer: 0 }
    }
  }

  #line(at: number): Snapshot['log'][number] {
    const [level, subsystem, message] = this.#pick(LINES)
    return { seq: (this.#seq += 1), at, level, subsystem, message }
  }
}

const LINES = [
  ['debug', 'barter', 'a session found 3 providers'],
  ['info', 'barter', 'a round of providing began: 48,120 keys'],
  ['debug', 'libp2p:connection-manager', 'a connection was closed: it was worth least'],
  ['warn', 'libp2p:tcp', 'dial to /ip4/203.0.113.77/tcp/4001 failed: connection refused'],
  ['debug', 'barter', 'a partner sent a block that nobody had asked for']
] as const

const QUIET_PARTS = {
  engine: {
    strategy: 'fair-share',
    about: 'Shares upload slots by debt ratio, and lets newcomers in.',
    slots: 24,
    slotsUsed: 17,
    waitingPartners: 31,
    wants: 8_120,
    pendingTasks: 2_904,
    activeTasks: 61,
    pendingBytes: 604e6,
    inFlightBytes: 14.2e6,
    lookups: 4,
    waitingEntries: 0,
    refusedPartners: 0
  },
  store: {
    spec: 'fs:blocks',
    blocks: 482_113,
    bytes: 104.8e9,
    countedAt: Date.UTC(2026, 2, 14, 15, 2),
    maxBytes: 250e9,
    caches: [{ name: 'sizes of blocks', hits: 8_120_412, lookups: 8_904_113 }],
    io: [
      {
        store: 'fs:blocks',
        reads: 1_233_410,
        hits: 1_233_000,
        misses: 410,
        readBytes: 288e9,
        readMs: 5e6,
        writes: 1_702_884,
        writtenBytes: 412e9,
        writeMs: 9e6,
        errors: 0
      }
    ],
    gc: { state: 'idle', lastAt: Date.UTC(2026, 2, 14, 9), removedBlocks: 12_044, freedBytes: 3.1e9 }
  },
  providing: {
    strategy: 'all',
    state: 'providing',
    queued: 1_204,
    active: 8,
    provided: 471_220,
    failed: 3,
    behindMs: 0,
    cycle: { keys: 482_113, durationMs: 5_400_000 }
  },
  refused: {
    total: 2,
    rows: [
      { id: 'want-overflow', by: 'limit', text: 'Wants of partners that found no room', count: 412 },
      { id: 'unrequested-block', by: 'rule', text: 'Blocks that nobody had asked for', count: 38 }
    ]
  }
} as const satisfies Partial<Snapshot>
