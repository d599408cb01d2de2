import type { CID } from 'multiformats/cid'
import type { ExchangeSession } from '../../exchange.ts'

/** How the blocks lie on the seeds. */
export type Spread = (block: number, seed: number, seeds: number) => boolean

/** How they are asked for, of one session; resolves when all are there. */
export type Fetch = (session: ExchangeSession, wanted: readonly CID[]) => Promise<void>

/** One of the small benchmarks: so many seeds, connected to everybody, and one peer that fetches. */
export interface SmallCase {
  readonly name: string
  readonly seeds: number
  /** The first of 800 bytes, the others of 8,000. */
  readonly blocks: number
  readonly spread: Spread
  readonly fetch: Fetch
}

const allToAll: Spread = () => true
/** The first seed has the first three quarters, the second the last three. */
const overlap1: Spread = (block, seed) => (seed === 0 ? block < 75 : block >= 25)
/** Even ones, odd ones, and every third on both. */
const overlap3: Spread = (block, seed) => block % 2 === seed || block % 3 === 0
/** Boxo's own benchmark draws the peer by lot: in turn, its code and ours have the same content. */
const onePeerPerBlock: Spread = (block, seed, seeds) => block % seeds === seed

const batch: Fetch = async (session, wanted) => {
  const missing = new Set(wanted.map(String))
  for await (const { cid } of session.getMany(wanted)) missing.delete(cid.toString())
  if (missing.size > 0) throw new Error(`${missing.size} blocks are missing`)
}

const oneAtATime: Fetch = async (session, wanted) => {
  for (const cid of wanted) await batch(session, [cid])
}

const batchesOfTen: Fetch = async (session, wanted) => {
  for (let from = 0; from < wanted.length; from += 10) await batch(session, wanted.slice(from, from + 10))
}

const allConcurrent: Fetch = async (session, wanted) => {
  await Promise.all(wanted.map((cid) => batch(session, [cid])))
}

/** A root, ten below it, and the rest below those. */
const unixFs: Fetch = async (session, wanted) => {
  await batch(session, wanted.slice(0, 1))
  await batch(session, wanted.slice(1, 11))
  await batch(session, wanted.slice(11))
}

/** The same for a hundred; what comes after these in five batches of ten at a time. */
const unixFsLarge: Fetch = async (session, wanted) => {
  await unixFs(session, wanted.slice(0, 100))
  for (let from = 100; from < wanted.length; from += 50) {
    await Promise.all([0, 10, 20, 30, 40].map((at) => batch(session, wanted.slice(from + at, from + at + 10))))
  }
}

function cases(
  prefix: string,
  seeds: number,
  spread: Spread,
  fetches: Readonly<Record<string, Fetch>>,
  blocks = 100
): SmallCase[] {
  return Object.entries(fetches).map(([name, fetch]) => ({ name: `${prefix}, ${name}`, seeds, blocks, spread, fetch }))
}

/** The eighteen small cases of Boxo's benchmarks, in their order. */
export const SMALL_CASES: readonly SmallCase[] = [
  ...cases('3 nodes, all to all', 2, allToAll, { 'one at a time': oneAtATime, 'big batch': batch }),
  ...cases('3 nodes, overlap 1', 2, overlap1, { 'one at a time': oneAtATime }),
  ...cases('3 nodes, overlap 3', 2, overlap3, {
    'one at a time': oneAtATime,
    'batches of ten': batchesOfTen,
    'all concurrent': allConcurrent,
    'big batch': batch,
    UnixFS: unixFs
  }),
  ...cases('10 nodes, all to all', 9, allToAll, {
    'one at a time': oneAtATime,
    'batches of ten': batchesOfTen,
    'big batch': batch,
    'all concurrent': allConcurrent,
    UnixFS: unixFs
  }),
  ...cases('10 nodes, all to all', 9, allToAll, { 'UnixFS large': unixFsLarge }, 1_000),
  ...cases('10 nodes, one peer per block', 9, onePeerPerBlock, {
    'one at a time': oneAtATime,
    'big batch': batch,
    UnixFS: unixFs
  }),
  ...cases('200 nodes, all to all', 199, allToAll, { 'big batch': batch }, 20)
]
