import { sum } from '../statistics/quantile.ts'
/** What one peer can do, and where it is. In bytes a millisecond, without a limit `Infinity`; and milliseconds. */
export interface Capacity {
  readonly upload: number
  readonly download: number
  /** Peers of one place have the same latencies to all others. */
  readonly place: number
}

/** One peer asks for a file. */
export interface Demand {
  readonly peer: number
  readonly file: number
  readonly atMs: number
  /** Of the file's blocks that it does not have. */
  readonly bytes: number
  /** How often it has to wait for blocks before it knows which come next: levels of a DAG that is walked. */
  readonly steps: number
}

export interface BoundsInput {
  readonly capacities: readonly Capacity[]
  readonly demands: readonly Demand[]
  /** Who has blocks of a file at the start. */
  readonly holders: ReadonlyMap<number, readonly number[]>
  /** Least round trip between peers of two places, in milliseconds. */
  readonly roundTripMs: (a: number, b: number) => number
}

/** Times that no strategy can beat, in milliseconds. */
export interface LowerBounds {
  /**
   * Until all have what they ask for, if data were a fluid that flows wherever it helps: the most of a file's bytes by the
   * uplinks of those who have it at the start, a peer's bytes by its downlink, and all bytes by all uplinks; each counted
   * from the first request. For one file this is max(F/u_seeds, F/d_min, N·F/(u_seeds + Σu)).
   */
  readonly fluidMs: number
  /** For each demand: its steps, each a round trip to the nearest peer that may have the file. */
  readonly dagMs: readonly number[]
  /** For each demand: its bytes at the pace of its downlink, or of all uplinks but its own. */
  readonly transferMs: readonly number[]
}

export function lowerBounds(input: BoundsInput): LowerBounds {
  const { capacities, demands } = input
  const uploads = sum(capacities.map(({ upload }) => upload))
  const places = placesByFile(input)
  return {
    fluidMs: fluidMs(input, uploads),
    dagMs: demands.map((demand) => demand.steps * nearestMs(input, places.get(demand.file), demand.peer)),
    transferMs: demands.map(({ peer, bytes }) => {
      const { upload = 0, download = Infinity } = capacities[peer] ?? {}
      const others = upload === Infinity ? Infinity : uploads - upload
      return bytes / Math.min(download, others)
    })
  }
}

function fluidMs({ capacities, demands, holders }: BoundsInput, uploads: number): number {
  if (demands.length === 0) return 0
  const firstMs = demands.reduce((first, { atMs }) => Math.min(first, atMs), Infinity)
  const [ofFile, ofPeer] = [new Map<number, number>(), new Map<number, number>()]
  for (const { peer, file, bytes } of demands) {
    ofFile.set(file, Math.max(ofFile.get(file) ?? 0, bytes))
    ofPeer.set(peer, (ofPeer.get(peer) ?? 0) + bytes)
  }
  const sources = Array.from(ofFile, ([file, bytes]) => {
    const pace = sum((holders.get(file) ?? []).map((peer) => capacities[peer]?.upload ?? 0))
    return pace === 0 ? 0 : bytes / pace
  })
  const sinks = Array.from(ofPeer, ([peer, bytes]) => bytes / (capacities[peer]?.download ?? Infinity))
  const all = sum([...ofPeer.values()]) / uploads
  return firstMs + Math.max(all, largest(sources), largest(sinks))
}

/** One peer of each place that has a file at the start or asks for it, and a second one to be the other of the first. */
function placesByFile({ capacities, demands, holders }: BoundsInput): Map<number, Map<number, number[]>> {
  const files = new Map<number, Map<number, number[]>>()
  const add = (file: number, peer: number): void => {
    const places = files.get(file) ?? new Map<number, number[]>()
    files.set(file, places)
    const place = capacities[peer]?.place ?? 0
    const known = places.get(place) ?? []
    places.set(place, known)
    if (known.length < 2 && !known.includes(peer)) known.push(peer)
  }
  for (const [file, peers] of holders) for (const peer of peers) add(file, peer)
  for (const { file, peer } of demands) add(file, peer)
  return files
}

function nearestMs(
  input: BoundsInput,
  places: ReadonlyMap<number, readonly number[]> | undefined,
  peer: number
): number {
  const here = input.capacities[peer]?.place ?? 0
  let nearest = Infinity
  for (const [place, peers] of places ?? []) {
    if (peers.some((other) => other !== peer)) nearest = Math.min(nearest, input.roundTripMs(here, place))
  }
  return nearest === Infinity ? 0 : nearest
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}
