import { TimeAccount, type StageTimes } from './time-account.ts'
import { UplinkAccount } from './uplink-account.ts'

/** How one request went, as far as its peer could see. In milliseconds. */
export interface RequestTimes {
  readonly peer: number
  readonly file: number
  readonly atMs: number
  readonly endMs: number
  /** Until somebody said to have one of its blocks, or sent one. All of the request, if nobody did. */
  readonly discoveryMs: number
  /** How the time after that went. */
  readonly stages: StageTimes
}

interface OpenRequest {
  readonly file: number
  readonly atMs: number
  /** When the first block was found, and how the time of the peer had gone until then. */
  found: { readonly atMs: number; readonly stages: StageTimes } | undefined
}

/** What is kept of one peer while a world runs. */
export class PeerWatch {
  readonly time: TimeAccount
  readonly uplink: UplinkAccount
  /** Bounded: by the peers it is connected to, and for each by the blocks of the world that it wants of this one. */
  readonly owed = new Map<number, Set<number>>()
  /** Bounded: by the blocks of the world, for each the peers that were asked. Peer by peer, block by block, as one number. */
  readonly told = new Set<number>()
  /** Bounded: by the blocks of the world. When each was first asked for. */
  readonly asked = new Map<number, number>()
  /** Bounded: by the blocks of the world. Those that were sent to this peer. */
  readonly sentHere = new Set<number>()
  /** Bounded: one for each block that was asked for and came. Round trips it took. */
  readonly roundTrips: number[] = []
  /** Bounded: by the requests that are open. */
  readonly #open = new Map<number, OpenRequest>()
  wants = 0
  #requests = 0
  #unfound = 0

  constructor(nowMs: number, coreBusyMs: () => number) {
    this.time = new TimeAccount(nowMs, coreBusyMs)
    this.uplink = new UplinkAccount(nowMs)
  }

  /** Is there a request of which nothing was found? */
  get isSearching(): boolean {
    return this.#unfound > 0
  }

  begin(file: number, nowMs: number): number {
    this.#requests += 1
    this.#unfound += 1
    this.#open.set(this.#requests, { file, atMs: nowMs, found: undefined })
    return this.#requests
  }

  /** Somebody has a block of this file, or sent it. */
  found(file: number, nowMs: number): void {
    for (const request of this.#open.values()) {
      if (request.file !== file || request.found !== undefined) continue
      request.found = { atMs: nowMs, stages: this.time.reading(nowMs) }
      this.#unfound -= 1
    }
  }

  end(number: number, peer: number, nowMs: number): RequestTimes | undefined {
    const request = this.#open.get(number)
    if (request === undefined) return undefined
    this.#open.delete(number)
    if (request.found === undefined) this.#unfound -= 1
    const stages = this.time.reading(nowMs)
    const found = request.found ?? { atMs: nowMs, stages }
    return {
      peer,
      file: request.file,
      atMs: request.atMs,
      endMs: nowMs,
      discoveryMs: found.atMs - request.atMs,
      stages: difference(stages, found.stages)
    }
  }
}

function difference(after: StageTimes, before: StageTimes): StageTimes {
  return {
    transfer: after.transfer - before.transfer,
    duplicates: after.duplicates - before.duplicates,
    cpu: after.cpu - before.cpu,
    queueing: after.queueing - before.queueing,
    choking: after.choking - before.choking,
    roundTrips: after.roundTrips - before.roundTrips
  }
}
