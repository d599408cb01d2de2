import type {
  Diagnosis,
  InsightEvent,
  InsightService,
  RowLimits,
  WantsOptions,
  WatchOptions
} from '../../src/api/service/insight-service.ts'
import type { EnginePart, Flow, Listing, PartnerRow, Snapshot } from '../../src/api/service/insight-snapshot.ts'
import type { SessionRow, WantRow } from '../../src/api/service/insight-wants.ts'
import { NotFoundError } from '../../src/errors.ts'

export const WANT: WantRow = {
  id: 'bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q',
  kind: 'have',
  since: 1_767_000_000_000,
  session: '7',
  label: 'cat',
  sessions: 2,
  phase: 'searching',
  asked: 3,
  have: 0,
  dontHave: 2,
  silent: 1,
  peers: [{ peer: 'bob', answer: 'silent', dueSince: 1_767_000_000_500 }],
  lastSentAt: 1_767_000_000_400,
  stuckBecause: { code: 'no-providers', text: 'routing knows no provider' }
}

export const PARTNER: PartnerRow = {
  id: '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z',
  isConnected: true,
  agent: 'kubo/0.43.0',
  direction: 'outbound',
  address: '/ip4/192.0.2.7/tcp/4001',
  connections: 1,
  connectedAt: 1_767_000_000_000,
  protocol: '/ipfs/bitswap/1.2.0',
  latencyMs: 12.5,
  sent: 1_000,
  received: 2_000,
  exchanges: 3,
  debtRatio: 0.5,
  wants: 4,
  pendingTasks: 3,
  queuedBytes: 4_096,
  inFlightBytes: 2_048,
  overflowDropped: 1,
  owes: 2,
  told: 5,
  score: 0.75,
  worth: 30,
  banned: { reason: 'by hand', until: 1_767_000_900_000 },
  policy: 'allowed',
  upload: 0,
  download: 1_024,
  isKept: true
}

export const SESSION: SessionRow = {
  id: '7',
  label: 'cat',
  since: 1_767_000_000_000,
  open: 4,
  done: 9,
  looking: 1,
  ready: 1,
  asked: 1,
  searching: 1,
  peers: 3,
  named: 1,
  unreached: 1,
  isFixed: true
}

export const ENGINE: EnginePart = {
  strategy: 'debt-ratio',
  about: 'those that gave most',
  slots: 8,
  slotsUsed: 3,
  waitingPartners: 2,
  wants: 10,
  pendingTasks: 5,
  activeTasks: 3,
  pendingBytes: 1_000,
  inFlightBytes: 500,
  lookups: 1,
  waitingEntries: 0,
  refusedPartners: 0
}

export const DIAGNOSIS: Diagnosis = {
  cid: WANT.id,
  findings: [
    { level: 'note', code: 'not-local', text: 'the block is not in the store of this peer' },
    { level: 'problem', code: 'no-peers', text: 'no peer is connected', advice: 'connect to one' }
  ]
}

const FLOW: Flow = { payload: 1, duplicate: 0, overhead: 0 }

export const SNAPSHOT: Snapshot = {
  at: 1_767_000_001_000,
  peer: {
    id: PARTNER.id,
    agent: 'barter/0.1.0',
    startedAt: 1_767_000_000_000,
    addresses: [],
    addressesTotal: 0,
    routing: { type: 'none', off: 'routing is off' },
    isServing: true,
    peersIn: 0,
    peersOut: 1,
    partners: 1
  },
  traffic: {
    overMs: 1_000,
    in: FLOW,
    out: FLOW,
    totalIn: FLOW,
    totalOut: FLOW,
    messagesIn: 1,
    messagesOut: 1,
    blocksIn: 1,
    blocksOut: 1,
    duplicateBlocksIn: 0,
    limits: { upload: 0, download: 0, uploadPerPeer: 0, downloadPerPeer: 0 }
  },
  wants: { total: 1, rows: [WANT] },
  partners: { total: 1, rows: [PARTNER] },
  sessions: { total: 1, rows: [SESSION] },
  engine: ENGINE,
  store: { spec: 'memory:', caches: [], io: [], gc: { state: 'off' } },
  providing: { strategy: 'all', state: 'off', queued: 0, active: 0, provided: 0, failed: 0, behindMs: 0 },
  refused: { total: 0, rows: [] },
  log: []
}

/** Rows and a diagnosis that never change; what was asked is written down. */
export class FakeInsight implements InsightService {
  readonly #calls: unknown[][]
  /** What `events` gives, one after the other; then it waits for the signal. */
  feed: readonly InsightEvent[] = [{ type: 'snapshot', snapshot: SNAPSHOT }]

  constructor(calls: unknown[][]) {
    this.#calls = calls
  }

  snapshot(limits?: RowLimits): Snapshot {
    this.#calls.push(['snapshot', limits])
    return SNAPSHOT
  }

  async *events({ signal, ...limits }: WatchOptions = {}): AsyncGenerator<InsightEvent> {
    this.#calls.push(['events', limits])
    yield* this.feed
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
  }

  /** What one request wants was damaged. */
  wants(limit?: number, { label }: WantsOptions = {}): Listing<WantRow> {
    this.#calls.push(label === undefined ? ['wants', limit] : ['wants', limit, label])
    return { total: 12, rows: [label === undefined ? WANT : { ...WANT, label, damaged: true }] }
  }

  partners(limit?: number): Listing<PartnerRow> {
    this.#calls.push(['partners', limit])
    return { total: 1, rows: [PARTNER] }
  }

  sessions(limit?: number): Listing<SessionRow> {
    this.#calls.push(['sessions', limit])
    return { total: 1, rows: [SESSION] }
  }

  engine(): EnginePart {
    return ENGINE
  }

  unwant(cid: string): number {
    this.#calls.push(['unwant', cid])
    if (cid !== WANT.id) throw new NotFoundError(`block ${cid} is not wanted here`)
    return 2
  }

  diagnose(cid?: string): Promise<Diagnosis> {
    this.#calls.push(['diagnose', cid])
    return Promise.resolve(cid === undefined ? { findings: DIAGNOSIS.findings } : DIAGNOSIS)
  }
}
