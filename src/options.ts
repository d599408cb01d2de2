/**
 * Every tunable of the exchange: unit in the name, default, and why. Checked once, when a Bitswap is built.
 */
import { InvalidParametersError } from './errors.ts'
import type { RateLimits } from './exchange.ts'
import { MAX_CID_BYTES, MAX_MESSAGE_BYTES, PORTABLE_BLOCK_BYTES } from './message/limits.ts'

export interface WantOptions {
  /** Wants one peer may hold of ours at a time. Kubo and Boxo drop, without a word, what goes beyond 1,024. */
  readonly maxOutstandingPerPeer: number
  /** Target size in bytes of a wantlist message. */
  readonly maxMessageBytes: number
}

export interface SessionOptions {
  /** Open wants of one session; more are taken from the caller as these are answered. */
  readonly maxOpenWants: number
  /** Bytes of arrived blocks held for a caller that is slow to take them; beyond, they are re-read from the store. */
  readonly bufferBytes: number
  /** Peers asked at a time when nobody is known to have a block; four times as many before the next round of searching. */
  readonly broadcastPeers: number
  /** Wait before asking routing while connected peers may still answer; none when nobody can. */
  readonly providerSearchDelayMs: number
  /** Providers connected to for one search. */
  readonly maxProvidersPerSearch: number
  /** Longest pause between two searches, or two rounds of asking, for a block that nobody has. */
  readonly maxRetryDelayMs: number
  /** A peer that sent nothing for this many of its round trips, although it owes us, is passed over. */
  readonly stallRoundTrips: number
  /** Bounds, in milliseconds, of the wait that `stallRoundTrips` leads to. */
  readonly minStallMs: number
  readonly maxStallMs: number
  /** Part of a session's blocks that may be asked for twice near its end; of what slow peers hold up, two of each as well. */
  readonly hedgeShare: number
}

export interface PeerOptions {
  /** Presences remembered, over all peers and wants; the oldest "dont-have" go first. */
  readonly maxPresences: number
  /** How long a peer's "dont-have" stands. It may have got the block since. */
  readonly dontHaveTtlMs: number
  /** Wants in flight at a peer about which nothing is known yet. */
  readonly initialWindow: number
  /** Work, in milliseconds at the measured pace, to keep in flight at a peer: covers its queue and the way there. */
  readonly windowHorizonMs: number
}

export interface EngineOptions {
  /** Wants kept for one partner; the number that Kubo and Boxo keep. */
  readonly maxWantsPerPartner: number
  /**
   * Wants beyond that, for blocks that are here, kept for all partners together, about 300 bytes each. Boxo asks for all of
   * a request at once, and comes to a crawl when a part of it is answered "dont-have".
   */
  readonly maxSharedWants: number
  /** Partners whose wantlists are kept. */
  readonly maxPartners: number
  /** A want-have for a block up to this many bytes is answered with the block itself. 0 turns it off. */
  readonly replaceHaveBytes: number
  /** Bytes of blocks in one message: below 64 KiB the stream costs more than the data. */
  readonly targetMessageBytes: number
  /** Bytes handed to the network for one partner and not yet written. */
  readonly maxInFlightBytesPerPartner: number
  /** Messages of blocks being written at a time, over all partners. Upload is scarce when all slots are taken. */
  readonly uploadSlots: number
  /** Wants of one partner in a second that may be in vain: not here, or no room. More are not looked at for a while. */
  readonly missesPerSecond: number
  /** The same at once: by default the largest message. Wants that are served are free. */
  readonly missesBurst: number
  /** Serve at all. */
  readonly enabled: boolean
  /**
   * Ask the strategy at every turn, and serve nobody when it says so, though the uplink be idle. To study rules that
   * refuse; otherwise a strategy only divides what is scarce.
   */
  readonly strict: boolean
}

export interface LedgerOptions {
  /** Ledgers kept; the least recently used is forgotten, in the store as well. */
  readonly maxLedgers: number
  /** Time after which an exchange weighs half in the debt ratio. */
  readonly halfLifeMs: number
  /** Wait between two writes of changed ledgers. */
  readonly flushMs: number
}

export interface TrustOptions {
  /** Peers of which something is remembered; the least recently seen is forgotten, in the store as well. */
  readonly maxPeers: number
  /** Time after which what a peer did weighs half. */
  readonly halfLifeMs: number
  /** Wait between two writes of what changed. */
  readonly flushMs: number
  /** A peer that breaks the rules, or sends wrong bytes, so many times within the window is banned. */
  readonly strikes: number
  readonly strikeWindowMs: number
  /** Length of a first ban; each further one is twice as long, up to the longest. */
  readonly banMs: number
  readonly maxBanMs: number
}

/** Which connected peers are asked for a block when nobody is known to have it. The names and defaults are Kubo's. */
export interface BroadcastOptions {
  /** Otherwise everybody is asked, up to `session.broadcastPeers`. */
  readonly enabled: boolean
  /** Peers asked at a time; 0 for none, -1 for no limit but `session.broadcastPeers`. */
  readonly maxPeers: number
  /** Choose among peers of the local network, too; otherwise all of them are asked. */
  readonly localPeers: boolean
  /** Choose among peers that are to stay connected (`Peering`), too; otherwise all of them are asked. */
  readonly peeredPeers: boolean
  /** Peers asked besides, by chance. */
  readonly maxRandomPeers: number
  /** Also ask peers that are about to be sent a message anyway. */
  readonly sendToPendingPeers: boolean
}

export interface BitswapOptions {
  readonly wants: WantOptions
  readonly session: SessionOptions
  readonly peers: PeerOptions
  readonly engine: EngineOptions
  readonly ledger: LedgerOptions
  readonly trust: TrustOptions
  /** They can be changed while the exchange runs. */
  readonly limits: RateLimits
  readonly broadcast: BroadcastOptions
}

/** Options as a user gives them: any part of any group. */
export type BitswapOptionsInit = {
  readonly [Group in keyof BitswapOptions]?: Partial<BitswapOptions[Group]>
}

const DAY_MS = 24 * 3_600_000

export const DEFAULT_OPTIONS: BitswapOptions = {
  wants: { maxOutstandingPerPeer: 1_000, maxMessageBytes: 512 * 1024 },
  session: {
    // Twice what one peer is told of. Of more, most would grow old while they wait, and old garbage costs far more than young.
    maxOpenWants: 2_048,
    bufferBytes: 16 * 1024 * 1024,
    broadcastPeers: 32,
    providerSearchDelayMs: 1_000,
    maxProvidersPerSearch: 10,
    maxRetryDelayMs: 60_000,
    stallRoundTrips: 8,
    minStallMs: 1_000,
    maxStallMs: 7_000,
    hedgeShare: 0.02
  },
  peers: { maxPresences: 65_536, dontHaveTtlMs: 30_000, initialWindow: 32, windowHorizonMs: 250 },
  engine: {
    maxWantsPerPartner: 1_024,
    maxSharedWants: 65_536,
    maxPartners: 4_096,
    replaceHaveBytes: 1_024,
    targetMessageBytes: 256 * 1024,
    maxInFlightBytesPerPartner: 1024 * 1024,
    uploadSlots: 16,
    missesPerSecond: 20_000,
    missesBurst: 65_536,
    enabled: true,
    strict: false
  },
  ledger: { maxLedgers: 10_000, halfLifeMs: 7 * DAY_MS, flushMs: 5_000 },
  trust: {
    maxPeers: 10_000,
    halfLifeMs: 7 * DAY_MS,
    flushMs: 5_000,
    strikes: 3,
    strikeWindowMs: 10 * 60_000,
    banMs: 15 * 60_000,
    maxBanMs: DAY_MS
  },
  limits: { upload: 0, download: 0, uploadPerPeer: 0, downloadPerPeer: 0 },
  broadcast: {
    enabled: true,
    maxPeers: -1,
    localPeers: false,
    peeredPeers: false,
    maxRandomPeers: 0,
    sendToPendingPeers: false
  }
}

/** Options that are nothing without at least one: of none, nothing would ever be asked, sent or handed out. */
const AT_LEAST_ONE = new Set([
  'wants.maxOutstandingPerPeer',
  'wants.maxMessageBytes',
  'session.maxOpenWants',
  'session.maxRetryDelayMs',
  'session.minStallMs',
  'session.maxStallMs',
  'peers.maxPresences',
  'peers.initialWindow',
  'engine.targetMessageBytes',
  'engine.uploadSlots',
  'engine.missesPerSecond',
  'engine.missesBurst',
  'ledger.maxLedgers',
  'ledger.halfLifeMs',
  'ledger.flushMs',
  'trust.maxPeers',
  'trust.halfLifeMs',
  'trust.flushMs',
  'trust.strikes'
])

/** Beyond these the wire breaks: no peer reads a longer message, and wants beyond are dropped without a word. */
const AT_MOST: ReadonlyMap<string, number> = new Map([
  ['wants.maxOutstandingPerPeer', 1_024],
  // A message is filled until its target is reached: room for the entry that does so, and for what frames it.
  ['wants.maxMessageBytes', MAX_MESSAGE_BYTES - 2 * MAX_CID_BYTES],
  // The other half is for prefixes, and for presences that travel along.
  ['engine.targetMessageBytes', PORTABLE_BLOCK_BYTES]
])

/** Fills in the defaults and checks every number. Throws `InvalidParametersError` that names the field. */
export function resolveOptions(init: BitswapOptionsInit = {}): BitswapOptions {
  const resolved: Record<string, Record<string, unknown>> = {}
  for (const [group, defaults] of Object.entries(DEFAULT_OPTIONS)) {
    const given: Record<string, unknown> = { ...init[group as keyof BitswapOptionsInit] }
    resolved[group] = resolveGroup(group, defaults as Record<string, unknown>, given)
  }
  for (const group of Object.keys(init)) {
    if (!Object.hasOwn(DEFAULT_OPTIONS, group)) throw unknownOption(group, Object.keys(DEFAULT_OPTIONS))
  }
  return resolved as unknown as BitswapOptions
}

function resolveGroup(
  group: string,
  defaults: Record<string, unknown>,
  given: Record<string, unknown>
): Record<string, unknown> {
  const result = { ...defaults }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw unknownOption(`${group}.${name}`, Object.keys(defaults))
    if (value === undefined) continue
    if (typeof value !== typeof defaults[name]) {
      throw new InvalidParametersError(
        `option ${group}.${name} is ${String(value)}: expected a ${typeof defaults[name]}`
      )
    }
    if (typeof value === 'number') checkNumber(`${group}.${name}`, value)
    result[name] = value
  }
  return result
}

function checkNumber(name: string, value: number): void {
  const most = AT_MOST.get(name)
  if (name === 'broadcast.maxPeers' && value === -1) return
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new InvalidParametersError(`option ${name} is ${value}: expected a finite number, 0 or more`)
  }
  if (value < 1 && AT_LEAST_ONE.has(name)) {
    throw new InvalidParametersError(`option ${name} is ${value}: expected 1 or more`)
  }
  if (most !== undefined && value > most) {
    throw new InvalidParametersError(`option ${name} is ${value}: expected ${most} or less`)
  }
}

function unknownOption(name: string, known: readonly string[]): InvalidParametersError {
  return new InvalidParametersError(`unknown option ${name}: expected one of ${known.join(', ')}`)
}
