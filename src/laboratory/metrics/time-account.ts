/**
 * What a peer that has asked for blocks is held up by at a moment. The first of these that holds:
 *
 * - `transfer`: a message with a block that it has not been sent before is with the network, and its last byte has not left;
 * - `duplicates`: the same, of messages with blocks alone that it was sent before;
 * - `cpu`: its core, or the one that all share, is at work;
 * - `queueing`: a peer that it asked for a block, and that had it when the question came, sends to others;
 * - `choking`: all such peers let their uplinks idle: by their strategy, their limits, or for their stores and cores;
 * - `roundTrips`: nothing of the above: questions, answers and last bytes are on their way, or it has not asked anybody.
 */
export const STAGES = ['transfer', 'duplicates', 'cpu', 'queueing', 'choking', 'roundTrips'] as const

export type Stage = (typeof STAGES)[number]

/** Milliseconds of each stage. */
export type StageTimes = Readonly<Record<Stage, number>>

/** What there is of a kind at a moment. */
export type Held = 'news' | 'copies' | 'busyServers' | 'idleServers'

/** How one peer's time goes, stage by stage, whether or not it has requests: a request is the difference of two readings. */
export class TimeAccount {
  readonly #held: Record<Held, number> = { news: 0, copies: 0, busyServers: 0, idleServers: 0 }
  readonly #spent: Record<Stage, number> = {
    transfer: 0,
    duplicates: 0,
    cpu: 0,
    queueing: 0,
    choking: 0,
    roundTrips: 0
  }
  readonly #coreBusyMs: () => number
  #atMs: number
  #coreMs: number

  /** `coreBusyMs` says how long the core that this peer works with has been at work so far. */
  constructor(nowMs: number, coreBusyMs: () => number) {
    this.#atMs = nowMs
    this.#coreBusyMs = coreBusyMs
    this.#coreMs = coreBusyMs()
  }

  /** From now on there is one more of a kind, or one less. */
  change(nowMs: number, kind: Held, by: 1 | -1): void {
    this.#advance(nowMs)
    this.#held[kind] += by
  }

  /** One that was asked has begun to send, or has nothing left to send. */
  turned(nowMs: number, isBusy: boolean): void {
    this.#advance(nowMs)
    this.#held.busyServers += isBusy ? 1 : -1
    this.#held.idleServers += isBusy ? -1 : 1
  }

  reading(nowMs: number): StageTimes {
    this.#advance(nowMs)
    return { ...this.#spent }
  }

  #advance(nowMs: number): void {
    const core = this.#coreBusyMs()
    const [passed, worked] = [nowMs - this.#atMs, core - this.#coreMs]
    this.#atMs = nowMs
    this.#coreMs = core
    if (passed <= 0) return
    const stage = this.#stage()
    const cpu = stage === 'transfer' || stage === 'duplicates' ? 0 : Math.min(passed, worked)
    this.#spent.cpu += cpu
    this.#spent[stage] += passed - cpu
  }

  #stage(): Stage {
    const { news, copies, busyServers, idleServers } = this.#held
    if (news > 0) return 'transfer'
    if (copies > 0) return 'duplicates'
    if (busyServers > 0) return 'queueing'
    return idleServers > 0 ? 'choking' : 'roundTrips'
  }
}
