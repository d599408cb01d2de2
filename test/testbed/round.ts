import { setTimeout as sleep } from 'node:timers/promises'
import { checkAgreement, checkEndings, checkLedgers, type Report } from './checks.ts'
import { type Fabric, type Link, linkName } from './fabric.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'
import type { LinkShape } from './link-queue.ts'
import type { BlockName, Ending, FetchJob } from './peer-calls.ts'
import type { PeerHandle } from './peer-handle.ts'
import { blockOf, digestOf } from './round-block.ts'
import type { HostWork } from './workload.ts'

export interface RoundInit {
  readonly fabric: Fabric
  readonly links: readonly Link[]
  readonly peers: readonly PeerHandle[]
  readonly plan: FaultPlan
  readonly work: readonly HostWork[]
  /** Half-open connections stay so until the peers find out, instead of being reset when the faults end. */
  readonly patient: boolean
}

export interface RoundResult {
  readonly wants: number
  readonly bytes: number
  /** From the first want to the end of the last one that could be fulfilled. */
  readonly fetchedMs: number
  /** The longest time in which no want of a host ended, though some were open. */
  readonly standstillMs: number
  /** From the last blocks on the links until both sides of every connection agreed. */
  readonly agreedMs: number
  /** From the moment a block exists until whoever waited for it has it. */
  readonly wokenMs: number
  /** What did not hold; empty for a good round. */
  readonly complaints: readonly string[]
}

/** How long after the faults a want may take; more than a transfer, far less than a want that was forgotten. */
const WANT_LIMIT_MS = 30_000
export const AGREE_LIMIT_MS = 5_000
const WAKE_LIMIT_MS = 5_000
/** Until peers find out by themselves that a connection carries nothing, and connect anew. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 100
/** More than this between two looks, over all links, is a block on its way, however slowly; less is a ping. */
const QUIET_BYTES = 1_000
/** How long blocks may be on their way after the last want of a round has ended: TCP is slow after losses. */
const TRAFFIC_LIMIT_MS = 30_000
/** A silent peer is passed over by then, where there is another. */
const REROUTE_LIMIT_MS = 5_000

/** One round: blocks are placed and wanted, faults happen, all is well again; then everything is checked. */
export class Round {
  readonly #init: RoundInit
  /** Bounded: the links. */
  readonly #shapes = new Map<string, LinkShape>()
  /** Bounded: the links. */
  readonly #stranded = new Set<Link>()
  readonly #complaints: string[] = []

  constructor(init: RoundInit) {
    this.#init = init
  }

  async run(): Promise<RoundResult> {
    const { peers, work, plan, links } = this.#init
    for (const link of links) this.#reshape(link, plan.base)
    await Promise.all(work.map(({ host, holds }) => this.#peer(host).call('hold', { blocks: holds })))
    const begun = performance.now()
    const limitMs = plan.durationMs + this.#graceMs()
    const fetches = work.map(({ host, wants, way }) => this.#fetch(host, wants, { way, giveUpMs: limitMs }))
    const vain = work.map(({ host, vain }) => this.#fetch(host, vain, { way: 'alone', giveUpMs: plan.durationMs / 2 }))
    const patience = 2 * limitMs + AGREE_LIMIT_MS + WAKE_LIMIT_MS
    const early = work.map(({ host, early }) => this.#fetch(host, early, { way: 'alone', giveUpMs: patience }))
    await this.#disturb(begun)
    const endings = await Promise.all(fetches)
    const fetchedMs = performance.now() - begun
    work.forEach(({ host, wants }, index) => this.#check(host, wants, endings[index] ?? [], 'block'))
    for (const [index, { host, vain: wanted }] of work.entries()) {
      this.#check(host, wanted, (await vain[index]) ?? [], 'given-up')
    }
    const standstillMs = Math.max(0, ...endings.map(longestGap))
    if (plan.kind === 'half-open' && standstillMs > REROUTE_LIMIT_MS) {
      this.#complaints.push(`a host waited ${standstillMs} ms for a half-open connection, though others had the blocks`)
    }
    const agreedMs = await this.#agree(new Map(work.map(({ host, early }) => [host, early.map(nameOf)])))
    const wokenMs = await this.#wake(early)
    await this.#agree(new Map())
    this.#complaints.push(...checkLedgers(await reportsOf(peers)))
    await this.#clearAway()
    return {
      wants: work.reduce((sum, { wants, vain, early }) => sum + wants.length + vain.length + early.length, 0),
      bytes: endings.flat().reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      fetchedMs: Math.round(fetchedMs),
      standstillMs,
      agreedMs,
      wokenMs,
      complaints: this.#complaints
    }
  }

  #peer(host: number): PeerHandle {
    const peer = this.#init.peers.find((other) => other.host === host)
    if (peer === undefined) throw new Error(`there is no host ${host}`)
    return peer
  }

  #graceMs(): number {
    return WANT_LIMIT_MS + (this.#init.patient ? PATIENCE_MS : 0)
  }

  /** An answer that never comes is a want that never ends: it costs the round, not the run. */
  async #fetch(
    host: number,
    blocks: readonly BlockName[],
    how: Pick<FetchJob, 'way' | 'giveUpMs'>
  ): Promise<readonly Ending[]> {
    const late = new AbortController()
    const call = this.#peer(host).call('fetch', { blocks, ...how })
    const limit = sleep(how.giveUpMs + 3_000, [], { signal: late.signal }).catch(() => [])
    const endings = await Promise.race([call, limit])
    late.abort()
    return endings
  }

  async #disturb(begun: number): Promise<void> {
    const { plan, links, fabric, patient } = this.#init
    for (const { atMs, fault } of plan.faults) {
      await sleep(Math.max(0, begun + atMs - performance.now()))
      this.#apply(fault)
    }
    await sleep(Math.max(0, begun + plan.durationMs - performance.now()))
    for (const link of links) {
      fabric.calm(link)
      this.#reshape(link, plan.base)
    }
    if (patient) return
    for (const link of this.#stranded) fabric.cut(link)
  }

  #apply(fault: Fault): void {
    const { fabric } = this.#init
    switch (fault.type) {
      case 'shape':
        this.#reshape(fault.link, {
          ...(this.#shapes.get(linkName(fault.link)) ?? this.#init.plan.base),
          ...fault.change
        })
        return
      case 'cut':
        fabric.cut(fault.link)
        return
      case 'cut-after':
        fabric.cutAfter(fault.link, fault.bytes)
        return
      case 'strand':
        this.#stranded.add(fault.link)
        fabric.strand(fault.link, fault.stranding)
    }
  }

  #reshape(link: Link, shape: LinkShape): void {
    this.#shapes.set(linkName(link), shape)
    this.#init.fabric.shape(link, shape)
  }

  #check(host: number, wanted: readonly BlockName[], endings: readonly Ending[], expected: 'block' | 'given-up'): void {
    const rightDigest = (name: BlockName): string => digestOf(blockOf(name).bytes)
    this.#complaints.push(...checkEndings(host, wanted, endings, expected, rightDigest))
  }

  /**
   * Looks until the links are quiet and both sides of all connections agree; returns how long the latter took after the
   * former. Blocks that are still on their way, though nobody may want them any more, hold up a cancel behind them.
   */
  async #agree(standing: ReadonlyMap<number, readonly string[]>): Promise<number> {
    const { peers, patient, fabric } = this.#init
    const begun = performance.now()
    const limitMs = AGREE_LIMIT_MS + (patient ? PATIENCE_MS : 0)
    let quietSince = begun
    let carried = fabric.stat().bytes
    for (;;) {
      await sleep(LOOK_EVERY_MS)
      const { bytes } = fabric.stat()
      const isQuiet = bytes - carried <= QUIET_BYTES
      carried = bytes
      const disagreements = checkAgreement(await reportsOf(peers), standing)
      const now = performance.now()
      if (!isQuiet) quietSince = now
      const ms = Math.round(now - quietSince)
      if (disagreements.length === 0 && isQuiet) return ms
      if (ms > limitMs || now - begun > limitMs + TRAFFIC_LIMIT_MS) {
        this.#complaints.push(...disagreements.map((what) => `${what}, ${ms} ms after the last blocks`))
        if (!isQuiet)
          this.#complaints.push(`the links are busy ${Math.round(now - begun)} ms after the last want ended`)
        return ms
      }
    }
  }

  /** The blocks that were wanted too early come into being, each at the next host. */
  async #wake(fetches: readonly Promise<readonly Ending[]>[]): Promise<number> {
    const { work, peers } = this.#init
    const begun = performance.now()
    await Promise.all(
      work.map(({ host, early }) => this.#peer((host % peers.length) + 1).call('hold', { blocks: early }))
    )
    for (const [index, { host, early }] of work.entries()) {
      this.#check(host, early, (await fetches[index]) ?? [], 'block')
    }
    const ms = Math.round(performance.now() - begun)
    if (ms > WAKE_LIMIT_MS) this.#complaints.push(`blocks that came into being took ${ms} ms to those who waited`)
    return ms
  }

  async #clearAway(): Promise<void> {
    const { work, peers } = this.#init
    const blocks = work.flatMap(({ holds, early }) => [...holds, ...early])
    await Promise.all(peers.map((peer) => peer.call('drop', { blocks })))
  }
}

export async function reportsOf(peers: readonly PeerHandle[]): Promise<Report[]> {
  return await Promise.all(
    peers.map(async (peer) => ({ host: peer.host, id: peer.id, state: await peer.call('state', null) }))
  )
}

function nameOf(name: BlockName): string {
  return digestOf(blockOf(name).bytes)
}

function longestGap(endings: readonly Ending[]): number {
  const moments = [0, ...endings.map(({ ms }) => ms).sort((a, b) => a - b)]
  return Math.max(0, ...moments.slice(1).map((ms, index) => ms - (moments[index] ?? 0)))
}
