import { assert } from '../../src/errors.ts'
import { expect } from 'vitest'
import { cidKey, type PeerId } from '../../src/ids.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { Swarm, type SwarmPeer } from './swarm.ts'

/**
 * Why a block of an honest peer comes too late:
 * - `asked about`: two peers were asked whether they have it, and both sent it at once, as it is small.
 * - `hedged`: it took so long that another peer was asked as well.
 * - `given up`: the peer was silent for so long that it was given up on.
 * - `aborted`: whoever wanted it does no longer.
 */
export const LATENESS = ['asked about', 'hedged', 'given up', 'aborted'] as const
export type Lateness = (typeof LATENESS)[number]

/** A peer is given up on after seconds, and so that happens in one round of so many. */
const GIVEN_UP_EVERY = 20

/** How a block comes late in one of many rounds. */
export function latenessOf(round: number): Lateness {
  if (round % GIVEN_UP_EVERY === 0) return 'given up'
  return (['asked about', 'hedged', 'aborted'] as const)[round % 3] ?? 'aborted'
}

const SMALL_BYTES = 200
const LARGE_BYTES = 2_048
const LIMIT_MS = 60_000

/**
 * Bob fetches from two honest peers. In each round something that one of them sent is under way for too long, and comes
 * when the block is here already, or no longer wanted, and when that peer owes bob another block of the same kind.
 */
export class LateRounds {
  readonly swarm: Swarm
  readonly bob: SwarmPeer
  readonly peers: readonly [SwarmPeer, SwarmPeer]
  readonly #random: SeededRandom
  /** Bounded: two peers. */
  readonly #scores = new Map<PeerId, number>()
  #blocks = 0

  static async start(seed: number): Promise<LateRounds> {
    const swarm = new Swarm({ link: { latencyMs: 20 }, maxLog: 100 })
    const bob = await swarm.add('bob')
    const peers = [await swarm.add('near'), await swarm.add('far')] as const
    for (const peer of peers) await swarm.connect(bob, peer)
    swarm.hub.shapeLink(bob.id, peers[1].id, { latencyMs: 35 })
    return new LateRounds(swarm, bob, peers, seed)
  }

  private constructor(swarm: Swarm, bob: SwarmPeer, peers: readonly [SwarmPeer, SwarmPeer], seed: number) {
    this.swarm = swarm
    this.bob = bob
    this.peers = peers
    this.#random = new SeededRandom(seed)
  }

  /** One round; the peer whose block came late. */
  async round(kind: Lateness): Promise<SwarmPeer> {
    const block = numberedBlock(this.#blocks++, kind === 'asked about' ? SMALL_BYTES : LARGE_BYTES)
    const owed = numberedBlock(this.#blocks++, LARGE_BYTES)
    for (const peer of this.peers) await peer.has([block])
    const late = await this.#makeLate(kind, block)
    await late.has([owed])
    const debt = this.#get(owed, late)
    await this.swarm.clock.advance(200)
    this.swarm.hub.resume(late.id, this.bob.id)
    await this.swarm.clock.until(debt, LIMIT_MS)
    return late
  }

  /** Lets the block come, or not, while what one peer sent is under way. */
  async #makeLate(kind: Lateness, block: SampleBlock): Promise<SwarmPeer> {
    const { clock, hub } = this.swarm
    if (kind === 'hedged') {
      const request = this.#get(block, ...this.peers)
      await clock.advance(1)
      const asked = this.#whoIsAsked(block)
      hub.stall(asked.id, this.bob.id)
      await clock.until(request, LIMIT_MS)
      return asked
    }
    const late = this.peers[this.#random.next() < 0.5 ? 0 : 1]
    hub.stall(late.id, this.bob.id)
    switch (kind) {
      case 'asked about':
        await clock.until(this.bob.bitswap.get(block.cid), LIMIT_MS)
        break
      case 'given up':
        await clock.until(this.bob.bitswap.get(block.cid, { providers: [late.id] }), LIMIT_MS)
        break
      case 'aborted': {
        const signal = this.swarm.signalAfter(100)
        const request = this.bob.bitswap.get(block.cid, { providers: [late.id], broadcast: false, signal })
        await clock.until(request.catch(() => undefined))
      }
    }
    return late
  }

  /** Trust in that peer is not lower than it was after the round before. */
  expectTrust({ id }: SwarmPeer): void {
    const view = this.bob.bitswap.trust.of(id)
    expect(view).toMatchObject({ strikes: 0, mismatches: 0, brokenPromises: 0, banned: undefined })
    // It forgets what was good as well: a millionth in a round.
    expect(view?.score).toBeGreaterThan((this.#scores.get(id) ?? 0) - 1e-4)
    this.#scores.set(id, view?.score ?? 0)
  }

  /** What the peers say they sent is what bob says he got, and what came late. */
  expectLedgers(): void {
    const { blocksReceived, dataReceived, dupDataReceived, unwantedDataReceived } = this.bob.bitswap.stat()
    const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
    const sent = sum(this.peers.map(({ bitswap }) => bitswap.ledger(this.bob.id)?.bytesSent ?? 0))
    const earned = sum(this.peers.map(({ id }) => this.bob.bitswap.ledger(id)?.bytesReceived ?? 0))
    expect([sent, earned]).toEqual([dataReceived, dataReceived - dupDataReceived - unwantedDataReceived])
    expect(sum(this.peers.map(({ bitswap }) => bitswap.stat().blocksSent))).toBe(blocksReceived)
  }

  #get({ cid }: SampleBlock, ...peers: readonly SwarmPeer[]): Promise<Uint8Array> {
    return this.bob.bitswap.get(cid, { providers: peers.map(({ id }) => id), broadcast: false })
  }

  #whoIsAsked({ cid }: SampleBlock): SwarmPeer {
    const key = cidKey(cid)
    const asks = this.swarm.hub.log.findLast(({ message }) =>
      message.wants.some((want) => want.key === key && want.type === 'block')
    )
    const asked = this.peers.find(({ id }) => id === asks?.to)
    assert(asked !== undefined, 'nobody was asked')
    return asked
  }
}
