/** What is different from one arena to another. */
export interface ArenaOptions {
  readonly peers: number
  /** Bytes of a block: fewer and larger ones make large worlds affordable, and what is exchanged the coarser. */
  readonly chunk: number
}

/** What a peer can send in a second, in bytes; whatever has to be set to it takes it from here. */
export const ARENA_UPLOAD = 0.075 * 131_072

/**
 * A world in which reciprocation can show, as the JSON of a scenario. Every peer has a file and wants six others'; uplinks
 * are what is scarce, one message is written at a time, and strategies are asked at every turn and obeyed. What a peer
 * wants takes its uplink more than twenty rounds of ten seconds. The client is Boxo's, which most peers run.
 */
export function arena({ peers, chunk }: ArenaOptions): Record<string, unknown> {
  return {
    name: `arena-${peers}`,
    about: `${peers} peers, each with a file of its own, that want six others' over scarce uplinks`,
    topology: { kind: 'random', seed: 0, leech: peers, degree: 4 },
    routing: { kind: 'instant', delay_ms: 50 },
    // No more in flight than the uplink takes in a few seconds: else it is the pipes that decide who is served.
    link: { latency_ms: 25, jitter_pct: 10, bandwidth_mb: 0.075, window_bytes: 65_536 },
    content: { file_size: 327_680, chunk },
    workload: { kind: 'trade', wants: 6 },
    exchange: { strict: true, uploadSlots: 1, targetMessageBytes: 32_768, maxInFlightBytesPerPartner: 131_072 },
    client: 'boxo',
    limit_ms: 1_800_000
  }
}

/**
 * Server strategies that meet in the arena. Those with thresholds in bytes or bytes a second have them set to its scale,
 * where little is exchanged by any two peers: a block of credit, and the pace of its uplinks. Rounds are as published.
 */
export const ARENA_STRATEGIES: readonly string[] = [
  'fair-share',
  'boxo-fair',
  'debt-ratio:credit=32768',
  'whitepaper:unit=32768,credit=65536',
  'tit-for-tat',
  'prop-share',
  'fair-torrent',
  `bit-tyrant:capacity=${Math.round(ARENA_UPLOAD)},start=${Math.round(ARENA_UPLOAD / 10)}`,
  `swap:limit=131072,payment=65536,refresh=${Math.round(ARENA_UPLOAD / 20)}`,
  'best'
]
