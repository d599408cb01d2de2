/**
 * A scenario as the laboratory runs it: checked, with the defaults filled in. The file's names are kept where there are
 * any: those of Testground's bitswap plans, so that a composition can be read next to it.
 */

/** Every number that a run of the world depends on, and the strategies it is run with. */
export interface Scenario {
  readonly name: string
  readonly about: string
  /** What it reproduces, if anything, and how close a result has to come. */
  readonly paper: { readonly ref: string; readonly class: 'exact' | 'ratio' | 'ordering' } | undefined
  readonly seeds: readonly number[]
  readonly topology: TopologyOptions
  readonly link: LinkOptions
  readonly cpu: CpuOptions
  readonly store: { readonly delay_ms: number }
  readonly churn: ChurnOptions | undefined
  readonly content: ContentOptions
  readonly workload: WorkloadOptions
  readonly routing: RoutingOptions
  /** Strategies by reference: `name`, `name:key=value,…`, or the path of a module. */
  readonly client: readonly string[]
  readonly server: readonly string[]
  readonly adversary: AdversaryOptions | undefined
  readonly exchange: ExchangeOptions
  /** `reference`: messages cross as objects. `codec`: every byte is written and read. */
  readonly wire: 'reference' | 'codec'
  /** Blocks are hashed with SHA-256, instead of the virtual digest. */
  readonly realBytes: boolean
  /** A run is cut off here, in virtual milliseconds; what is open then counts as failed. */
  readonly limit_ms: number
}

export interface TopologyOptions {
  /**
   * `mesh`: every two peers are connected, or `max_connection_rate` percent of them. `sparse`: the same without edges
   * between leeches and seeds. `star`: everybody with the first seed. `spokes`: leeches with everybody, the others with
   * nobody else. `random`: `degree` edges for each peer, at random.
   */
  readonly kind: 'mesh' | 'sparse' | 'star' | 'spokes' | 'random'
  readonly seed: number
  readonly leech: number
  readonly passive: number
  readonly max_connection_rate: number
  readonly degree: number
  /** Peers that nobody can connect to, in percent: behind a NAT. They connect to others. */
  readonly nat_pct: number
}

export interface LinkOptions {
  /** One way, in milliseconds, as the sender delays what it sends. */
  readonly latency_ms: number
  readonly jitter_pct: number
  /** What a peer can send in all, in 2²⁰ bits a second, as Testground's traffic shaping counts; 0 for no limit. */
  readonly bandwidth_mb: number
  /** What a peer can receive in all; 0 for no limit. */
  readonly download_mb: number
  /** Packets that are lost, in percent; for `tcp` `lite`, which makes up for them. */
  readonly loss_pct: number
  /** `lite`: connections start slowly, and halve their window at a loss. */
  readonly tcp: 'none' | 'lite'
  /** Round trips that the first message of a stream costs. */
  readonly stream_setup_rtts: number
  /** Bytes a connection takes before its sender has to wait. */
  readonly window_bytes: number
  /**
   * The latency of seeds, one after the other, instead of `latency_ms`: of what they send. With `regions`, what it is above
   * `latency_ms` is added to that between the regions.
   */
  readonly seed_latency_ms: readonly number[]
  /** Classes of peers by what they can send and receive; shares add up to 1. */
  readonly classes: readonly BandwidthClass[]
  /** Peers are far away by their addresses: with broadcast control, those that never answered are not asked. */
  readonly remote: boolean
  /** Latencies of a matrix of regions instead of `latency_ms`; peers are spread over them as providers of the public network. */
  readonly regions: boolean
}

export interface BandwidthClass {
  readonly share: number
  readonly upload_mb: number
  readonly download_mb: number
}

export interface CpuOptions {
  readonly perMessageUs: number
  readonly perByteNs: number
  /** One core for all peers, as in a laboratory of containers. */
  readonly shared: boolean
}

/**
 * Peers leave and come back, all of them, each at its own times. A peer that is away keeps its blocks. Its requests wait,
 * and go on when it is back; the time they take runs on.
 */
export interface ChurnOptions {
  readonly kind: 'weibull' | 'lognormal'
  /** Middle of the times a peer stays, in milliseconds. */
  readonly median_ms: number
  /** Of the Weibull distribution; of the lognormal one, the standard deviation of the logarithm. */
  readonly shape: number
  /** Mean of the times a peer is away, exponentially distributed. */
  readonly off_ms: number
}

export interface ContentOptions {
  /** Bytes of one file; with several, files take them in turn. */
  readonly file_size: readonly number[]
  readonly files: number
  readonly chunk: number
  readonly layout: 'balanced' | 'flat'
  /** Leaves are raw blocks, instead of dag-pb nodes around the bytes. */
  readonly rawLeaves: boolean
}

export interface WorkloadOptions {
  /**
   * `fetch`: every leech fetches every file, which the seeds have. `trade`: every peer has a file of its own and fetches
   * those of all others. `popularity`: requests for files by popularity. `trace`: requests one by one.
   */
  readonly kind: 'fetch' | 'trade' | 'popularity' | 'trace'
  /** Leeches begin in so many waves, `wave_gap_ms` apart. */
  readonly waves: number
  readonly wave_gap_ms: number
  /** Within a wave, each leech begins so much after the one before. */
  readonly request_stagger: number
  /** `walk`: the root, then level by level. `all`: all blocks at once. `one`: block after block. `batch`: ten at a time. */
  readonly fetch: 'walk' | 'all' | 'one' | 'batch'
  /** What the seeds have: `all`, or a part as in the microbenchmarks of go-bitswap. */
  readonly spread: 'all' | 'overlap1' | 'overlap3' | 'one-each'
  /** Seeds that have anything, in percent, the first of them. */
  readonly seeder_rate: number
  /** For `spread` `all`: [n, m] when a seed has n of m leaves only, the next one those that begin with the next leaf. */
  readonly seed_fraction: readonly [number, number]
  /** For `trade`: files each peer wants, 0 for all others'. */
  readonly wants: number
  readonly popularity: PopularityOptions
  /** The requests of `trace`. A scenario file may name a CSV file instead, as `trace_csv`. */
  readonly trace: readonly TraceRequest[]
}

export interface PopularityOptions {
  /** How often the file of rank k is asked for: `zipf` k^−s; `mandelbrot` (k + q)^−s; `uniform`. */
  readonly kind: 'zipf' | 'mandelbrot' | 'uniform'
  readonly s: number
  readonly q: number
  readonly requests: number
  /** Requests in a second, over all leeches; they come at exponential intervals. */
  readonly rate: number
  /** Files by provider: `concentrated` as measured in the public network, or `even`. */
  readonly providers: 'concentrated' | 'even'
  /** Providers of one file. */
  readonly replicas: number
}

export interface TraceRequest {
  readonly atMs: number
  readonly leech: number
  readonly file: number
}

export interface RoutingOptions {
  /** `none`: nobody is found. `instant`: after `delay_ms`. `dht-phases`: a walk and a dial, of lognormal times. */
  readonly kind: 'none' | 'instant' | 'dht-phases'
  readonly delay_ms: number
  /** Mean and standard deviation, in seconds. */
  readonly walk_s: readonly [number, number]
  readonly dial_s: readonly [number, number]
}

export interface AdversaryOptions {
  readonly kind: string
  /** Part of the leeches that are adversaries, 0 to 1. */
  readonly fraction: number
}

/** Tunables of the exchange that published systems set otherwise. */
export interface ExchangeOptions {
  /** The strategy is asked even when there is a slot for everybody who waits, and its "nobody" is obeyed. */
  readonly strict: boolean
  readonly uploadSlots: number
  readonly targetMessageBytes: number
  readonly replaceHaveBytes: number
  readonly maxInFlightBytesPerPartner: number
  readonly providerSearchDelayMs: number
}
