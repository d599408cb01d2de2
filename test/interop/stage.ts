/** What a scenario is played with: a provider and a consumer, one of them Barter, and checks that hold for any two. */
import { expect } from 'vitest'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import type { BitswapOptionsInit } from '../../src/options.ts'
import { BarterPeer, startBarter } from './barter-peer.ts'
import type {
  BlockFormat,
  ForeignBlock,
  ForeignFeatures,
  ForeignKind,
  ForeignLedger,
  ForeignPeer,
  ForeignStart
} from './foreign-peer.ts'
import { until } from './patience.ts'

/** What the other program does; Barter does the other thing. */
export type Role = 'provides' | 'consumes'

/** Who plays what, which decides what can be played. */
export interface Cast {
  readonly features: ForeignFeatures
  readonly role: Role
}

export interface StageInit {
  /** Of the other program; whatever concerns both ends is Barter's as well. */
  readonly start?: ForeignStart
  readonly barter?: BitswapOptionsInit
}

export interface Stage extends Cast {
  /** Starts a peer of the providing, or the consuming, side; stopped at the end of the test. */
  provider(init?: StageInit): Promise<ForeignPeer>
  consumer(init?: StageInit): Promise<ForeignPeer>
  /** One of each, connected. */
  pair(init?: StageInit): Promise<Pair>
}

export interface Pair {
  readonly provider: ForeignPeer
  readonly consumer: ForeignPeer
}

/** The stage of one test. `atEnd` takes what is to be done when the test is over. */
export function stageFor(kind: ForeignKind, role: Role, atEnd: (run: () => Promise<void>) => void): Stage {
  const ended = (peer: ForeignPeer): ForeignPeer => {
    atEnd(() => peer.stop())
    return peer
  }
  const foreign = async ({ start = {} }: StageInit = {}): Promise<ForeignPeer> => ended(await kind.start(start))
  const barter = async ({ start = {}, barter = {} }: StageInit = {}): Promise<ForeignPeer> => {
    const { encryption, transport } = start
    const both = { ...(encryption && { encryption }), ...(transport && { transport }) }
    return ended(await startBarter({ ...both, options: barter }))
  }
  const [provider, consumer] = role === 'provides' ? [foreign, barter] : [barter, foreign]
  const pair = async (init?: StageInit): Promise<Pair> => {
    const [one, other] = await Promise.all([provider(init), consumer(init)])
    await meet(other, one)
    return { provider: one, consumer: other }
  }
  return { features: kind.features, role, provider, consumer, pair }
}

/** The first dials the second; resolves when each knows that the other trades. */
export async function meet(dialler: ForeignPeer, other: ForeignPeer): Promise<void> {
  const [address] = other.addresses
  if (address === undefined) throw new Error(`${other.name} listens nowhere`)
  await dialler.connect(address)
  await partners(dialler, other)
}

/** Resolves when each knows that the other trades. */
export async function partners(a: ForeignPeer, b: ForeignPeer): Promise<void> {
  await until(async () => (await a.partners()).includes(b.id), `${a.name} knows that ${b.name} trades`)
  await until(async () => (await b.partners()).includes(a.id), `${b.name} knows that ${a.name} trades`)
}

let made = 0

/** Bytes that no scenario had before. */
export function fresh(count: number, size: number): Uint8Array[] {
  return Array.from({ length: count }, () => numberedBlock(made++, size).bytes)
}

/** Stores blocks at a peer, and says what a consumer should get. */
export async function stock(
  peer: ForeignPeer,
  all: readonly Uint8Array[],
  format?: BlockFormat
): Promise<ForeignBlock[]> {
  const cids = await peer.putMany(all, format)
  return cids.map((cid, index) => ({ cid, bytes: all[index] ?? new Uint8Array() }))
}

/** The one element of a list that has one. */
export function only<T>(list: readonly T[]): T {
  const [first] = list
  if (first === undefined || list.length !== 1) throw new Error(`${list.length} in place of one`)
  return first
}

/** The bytes are those; compared without printing a megabyte when they are not. */
export function expectSame(got: Uint8Array, right: Uint8Array): void {
  expect(got.byteLength).toBe(right.byteLength)
  expect(Buffer.from(right).equals(got), 'the bytes are what was stored').toBe(true)
}

export interface FetchOptions {
  /** Wants of one request; all of them when left out. */
  readonly atOnce?: number
  readonly from?: readonly string[]
  readonly timeoutMs?: number
  /** Called after each block, with how many came by then. */
  readonly onBlock?: (count: number) => void | Promise<void>
}

/** Fetches all blocks, each exactly once, and compares every byte. */
export async function fetchAll(
  consumer: ForeignPeer,
  wanted: readonly ForeignBlock[],
  options: FetchOptions = {}
): Promise<void> {
  const { atOnce = wanted.length, onBlock, ...rest } = options
  const missing = new Map(wanted.map(({ cid, bytes }) => [cid.toString(), bytes]))
  let count = 0
  for (let from = 0; from < wanted.length; from += atOnce) {
    const cids = wanted.slice(from, from + atOnce).map(({ cid }) => cid)
    for await (const { cid, bytes } of consumer.getMany(cids, rest)) {
      expectSame(bytes, missing.get(cid.toString()) ?? new Uint8Array())
      missing.delete(cid.toString())
      await onBlock?.(++count)
    }
  }
  expect(missing.size, 'every block came').toBe(0)
}

export interface TradeOptions {
  /** The taker may have asked for blocks twice, and got them twice: it books them once, the giver what it gave. */
  readonly repeats?: boolean
}

/** Both ledgers, so far as they are shown, hold what the one gave the other, to the byte, and nothing else. */
export async function expectTraded(
  { features }: Stage,
  giver: ForeignPeer,
  taker: ForeignPeer,
  given: readonly ForeignBlock[],
  { repeats = false }: TradeOptions = {}
): Promise<void> {
  const bytes = given.reduce((sum, block) => sum + block.bytes.byteLength, 0)
  const shows = (peer: ForeignPeer): boolean => features.ledger || peer instanceof BarterPeer
  if (shows(taker)) {
    const took = await booked(taker, giver, { bytesSent: 0, bytesReceived: bytes, exchanges: given.length })
    expect(took, `what ${taker.name} got from ${giver.name}`).toMatchObject({ bytesSent: 0, bytesReceived: bytes })
    expect(took.exchanges ?? given.length).toBe(given.length)
  }
  if (shows(giver)) {
    const gave = await booked(giver, taker, { bytesSent: bytes, bytesReceived: 0, exchanges: given.length })
    expect(gave.bytesReceived).toBe(0)
    if (repeats) return
    expect(gave, `what ${giver.name} gave ${taker.name}`).toMatchObject({ bytesSent: bytes })
    expect(gave.exchanges ?? given.length).toBe(given.length)
  }
}

/** Waits for a ledger that holds so much: a giver books after the write, and another program in its own time. */
async function booked(of: ForeignPeer, to: ForeignPeer, right: Required<ForeignLedger>): Promise<ForeignLedger> {
  let found = NOTHING
  const isThere = async (): Promise<boolean> => {
    found = (await of.ledgerWith(to.id)) ?? NOTHING
    const { bytesSent, bytesReceived, exchanges = Infinity } = found
    return bytesSent >= right.bytesSent && bytesReceived >= right.bytesReceived && exchanges >= (right.exchanges ?? 0)
  }
  await until(isThere, `${of.name} has booked all that it traded with ${to.name}`)
  return found
}

const NOTHING: ForeignLedger = { bytesSent: 0, bytesReceived: 0, exchanges: 0 }
