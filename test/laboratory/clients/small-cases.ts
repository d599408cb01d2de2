import type { CID } from 'multiformats/cid'
import type { Message } from '../../../src/message/message.ts'
import { throughCodec } from '../../../src/simulation/wire.ts'
import type { SampleBlock } from '../../../src/testing/sample-blocks.ts'
import { blocks, type SwarmPeer } from '../../support/swarm.ts'
import { ClientSwarm } from './client-swarm.ts'

/** How the blocks lie on the seeds. */
export type Spread = (block: number, seed: number, seeds: number) => boolean

/** How they are asked for, of one session. */
export type Fetch = (
  get: (wanted: readonly SampleBlock[]) => Promise<void>,
  all: readonly SampleBlock[]
) => Promise<void>

export interface SmallCase {
  readonly name: string
  readonly seeds: number
  readonly blocks: number
  readonly spread: Spread
  readonly fetch: Fetch
}

const allToAll: Spread = () => true
/** The first seed has the first three quarters, the second the last three. */
const overlap1: Spread = (block, seed) => (seed === 0 ? block < 75 : block >= 25)
/** Even ones, odd ones, and every third on both. */
const overlap3: Spread = (block, seed) => block % 2 === seed || block % 3 === 0
const onePeerPerBlock: Spread = (block, seed, seeds) => block % seeds === seed

const oneAtATime: Fetch = async (get, all) => {
  for (const block of all) await get([block])
}
const batchesOfTen: Fetch = async (get, all) => {
  for (let from = 0; from < all.length; from += 10) await get(all.slice(from, from + 10))
}
const allConcurrent: Fetch = async (get, all) => {
  await Promise.all(all.map((block) => get([block])))
}
const bigBatch: Fetch = (get, all) => get(all)
/** A root, ten below it, and the rest below those. */
const unixFs: Fetch = async (get, all) => {
  await get(all.slice(0, 1))
  await get(all.slice(1, 11))
  await get(all.slice(11))
}
/** The same, where the rest comes in five batches of ten at a time. */
const unixFsLarge: Fetch = async (get, all) => {
  await unixFs(get, all.slice(0, 100))
  for (let from = 100; from < all.length; from += 50) {
    await Promise.all([0, 10, 20, 30, 40].map((at) => get(all.slice(from + at, from + at + 10))))
  }
}

function cases(
  prefix: string,
  seeds: number,
  spread: Spread,
  fetches: Readonly<Record<string, Fetch>>,
  count = 100
): SmallCase[] {
  return Object.entries(fetches).map(([name, fetch]) => ({
    name: `${prefix} ${name}`,
    seeds,
    blocks: count,
    spread,
    fetch
  }))
}

/** The eighteen small cases of go-bitswap's benchmarks, in their order. */
export const SMALL_CASES: readonly SmallCase[] = [
  ...cases('3 nodes, all to all,', 2, allToAll, {
    'one at a time': oneAtATime,
    'big batch': bigBatch
  }),
  ...cases('3 nodes, overlap 1,', 2, overlap1, { 'one at a time': oneAtATime }),
  ...cases('3 nodes, overlap 3,', 2, overlap3, {
    'one at a time': oneAtATime,
    'batches of ten': batchesOfTen,
    'all concurrent': allConcurrent,
    'big batch': bigBatch,
    UnixFS: unixFs
  }),
  ...cases('10 nodes, all to all,', 9, allToAll, {
    'one at a time': oneAtATime,
    'batches of ten': batchesOfTen,
    'big batch': bigBatch,
    'all concurrent': allConcurrent,
    UnixFS: unixFs
  }),
  ...cases('10 nodes, all to all,', 9, allToAll, { 'UnixFS large': unixFsLarge }, 1_000),
  ...cases('10 nodes, one peer per block,', 9, onePeerPerBlock, {
    'one at a time': oneAtATime,
    'big batch': bigBatch,
    UnixFS: unixFs
  }),
  ...cases('200 nodes, all to all,', 199, allToAll, { 'big batch': bigBatch }, 20)
]

/** What the leech sent and got, by kind, over the whole fetch and until all is quiet. */
export interface Counts {
  readonly ms: number
  readonly messagesSent: number
  readonly messagesReceived: number
  readonly wantBlocks: number
  readonly wantHaves: number
  readonly cancels: number
  readonly haves: number
  readonly dontHaves: number
  readonly blocks: number
  /** Blocks that came more than once, however late. */
  readonly duplicates: number
}

/** Runs a case: links of 10 ms without limit of pace, engines that write small messages as go-bitswap's. */
export async function runCase(client: string, { seeds, blocks: count, spread, fetch }: SmallCase): Promise<Counts> {
  const swarm = new ClientSwarm({ link: { latencyMs: 10, windowBytes: 64 * 1024 * 1024 }, wire: throughCodec })
  const world = await swarm.star(client, seeds, { options: { engine: { targetMessageBytes: 16 * 1024 } } })
  const content = [...blocks(1, 800), ...blocks(count - 1, 8_000, 1)]
  for (const [number, seed] of world.seeds.entries()) {
    await seed.has(content.filter((_block, index) => spread(index, number, seeds)))
  }
  const began = swarm.clock.now()
  const session = world.leech.bitswap.createSession()
  const get = async (wanted: readonly SampleBlock[]): Promise<void> => {
    const left = new Set(wanted.map(({ cid }) => cid.toString()))
    for await (const { cid } of session.getMany(wanted.map(({ cid }): CID => cid))) left.delete(cid.toString())
    if (left.size > 0) throw new Error(`${left.size} blocks are missing`)
  }
  await swarm.clock.until(fetch(get, content), 600_000)
  const ms = swarm.clock.now() - began
  await swarm.clock.advance(1_000)
  session.close()
  const counts = countOf(swarm, world.leech, ms, count)
  await swarm.stop(world.leech, ...world.seeds)
  return counts
}

function countOf(swarm: ClientSwarm, leech: SwarmPeer, ms: number, wanted: number): Counts {
  const sent = swarm.hub.log.filter(({ from }) => from === leech.id).map(({ message }) => message)
  const received = swarm.hub.log.filter(({ to }) => to === leech.id).map(({ message }) => message)
  const total = (messages: readonly Message[], count: (message: Message) => number): number =>
    messages.reduce((sum, message) => sum + count(message), 0)
  const wants = (type: 'block' | 'have'): number =>
    total(sent, (message) => message.wants.filter((want) => want.type === type).length)
  const presences = (have: boolean): number =>
    total(received, (message) => message.presences.filter((presence) => presence.have === have).length)
  const blocksReceived = total(received, (message) => message.blocks.length)
  return {
    ms: Math.round(ms * 1_000) / 1_000,
    messagesSent: sent.length,
    messagesReceived: received.length,
    wantBlocks: wants('block'),
    wantHaves: wants('have'),
    cancels: total(sent, ({ cancels }) => cancels.length),
    haves: presences(true),
    dontHaves: presences(false),
    blocks: blocksReceived,
    duplicates: blocksReceived - wanted
  }
}
