/** What one run of a world gives: tidy rows, one for each number. */
export interface MetricRow {
  /** Number of the peer in its world, from 0; −1 for the world as a whole. */
  readonly peer: number
  /** `seed`, `leech`, `passive`, or the name of an adversary; `world` for the whole. */
  readonly role: string
  readonly metric: string
  readonly value: number
  /** `ms`, `bytes`, `blocks`, `messages`, `entries`, `1` (a ratio) … */
  readonly unit: string
}

/** In which kind of world a cell was run, and what shows that it can be repeated. */
export type Repeatability =
  | {
      readonly worldKind: 'virtual'
      /** SHA-256, in hex, over all that was sent: equal for equal cells, on every machine. */
      readonly eventHash: string
    }
  /** Real time never does the same twice. */
  | { readonly worldKind: 'libp2p'; readonly eventHash: 'none' }

/** One cell of an experiment: a scenario under one pair of strategies, with one seed. */
export type CellResult = CellFigures & Repeatability

export interface CellFigures {
  readonly scenario: string
  readonly server: string
  readonly client: string
  readonly seed: number
  readonly rows: readonly MetricRow[]
  /** Handed to the network. */
  readonly messages: number
  /** Of the world's own clock, from its making to the end of the last request; real time over libp2p. */
  readonly virtualMs: number
  /** Time it took here. Not part of what is compared. */
  readonly wallMs: number
}
