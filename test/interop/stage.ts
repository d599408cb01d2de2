/** What a scenario is played with: a provider and a consumer, one of them Barter, and checks that hold for any two. */
import { expect, onTestFinished } from 'vitest'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import type { BitswapOptionsInit } from '../../src/options.ts'
import { BarterPeer, startBarter } from './barter-peer.ts'
import type {
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

export interface StageInit {
  /** Of the other program; whatever concerns both ends is Barter's as well. */
  readonly start?: ForeignStart
  readonly barter?: BitswapOptionsInit
}

export interface Stage {
  readonly kind: ForeignKind
  readonly features: ForeignFeatures
  readonly role: Role
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

export function stageFor(kind: ForeignKind, role: Role): Stage {
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
  return { kind, features: kind.features, role, provider, consumer, pair }
}

function ended(peer: ForeignPeer): ForeignPeer {
  onTestFinished(() => peer.stop())
  return peer
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
export async function stock(peer: ForeignPeer, all: readonly Uint8Array[]): Promise<ForeignBlock[]> {
  const cids = await peer.putMany(all)
  return cids.map((cid, index) => ({ cid, bytes: all[index] ?? new Uint8Array() }))
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

/** Both ledgers, so far as they are shown, hold what the one gave the other, to the byte, and nothing else. */
export async function expectTraded(
  { features }: Stage,
  giver: ForeignPeer,
  taker: ForeignPeer,
  given: readonly ForeignBlock[]
): Promise<void> {
  const bytes = given.reduce((sum, block) => sum + block.bytes.byteLength, 0)
  const exchanges = given.length
  const shows = (peer: ForeignPeer): boolean => features.ledger || peer instanceof BarterPeer
  if (shows(giver)) await expectLedger(giver, taker, { bytesSent: bytes, bytesReceived: 0, exchanges })
  if (shows(taker)) await expectLedger(taker, giver, { bytesSent: 0, bytesReceived: bytes, exchanges })
}

/** Waits for it: a giver books after the write, and the other program in its own time. */
async function expectLedger(of: ForeignPeer, to: ForeignPeer, right: ForeignLedger): Promise<void> {
  const ledger = async (): Promise<ForeignLedger> => (await of.ledgerWith(to.id)) ?? NOTHING
  await until(async () => (await ledger()).exchanges >= right.exchanges, `${of.name} has booked all`)
  expect(await ledger(), `what ${of.name} says that it traded with ${to.name}`).toMatchObject(right)
}

const NOTHING: ForeignLedger = { bytesSent: 0, bytesReceived: 0, exchanges: 0 }
