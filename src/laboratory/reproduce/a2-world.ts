import type { BitswapParts } from '../../assembly.ts'
import type { PeerId } from '../../ids.ts'
import type { Client, SessionLike } from '../../session/session-like.ts'
import { createEventLog, type EventRecord } from '../../simulation/event-log.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { createList } from '../../simulation/virtual-content.ts'
import type { Adversary, AdversaryWorld } from '../adversaries/adversary.ts'
import { loadStrategies } from '../experiment/load-strategies.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import { readScenario } from '../scenario/read-scenario.ts'
import { planEdges, planPeers } from '../topology.ts'
import { numberOfPeer, virtualWorld } from '../world.ts'
import { BoxoNetwork, pauseOf } from './a2-boxo-network.ts'
import type { SmallCase } from './a2-cases.ts'

const ROOT_BYTES = 800
const BLOCK_BYTES = 8_000
/** Boxo fills a message until it has 16 KiB or more, this exchange as long as it has no more: that is three blocks. */
const TARGET_BYTES = 3 * BLOCK_BYTES + 512
/** Longer than anything that is still on its way when the last block is there. */
const QUIET_MS = 5_000
/** Messages are dealt with one by one: what comes at the same moment elsewhere comes a tenth of a millisecond apart here. */
const JITTER_PERCENT = 1

/** What the fetching peer sent and got, by kind, until all is quiet. Boxo's counters have the same names. */
export interface Counts {
  /** Until the last block was there. */
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

export interface SmallCaseOptions {
  readonly server: string
  readonly client: string
  readonly seed?: number
  /** With what Boxo has between sessions and the network. */
  readonly asBoxo?: boolean
  /** Sees every message as it is sent. */
  readonly observe?: (record: EventRecord) => void
}

/** Runs a case in virtual time: links of 10 ms without a limit of pace. */
export async function runSmallCase(one: SmallCase, options: SmallCaseOptions): Promise<Counts> {
  const random = new SeededRandom(options.seed ?? 1, 'world')
  const scenario = readScenario({
    name: one.name,
    topology: { kind: 'spokes', seed: one.seeds, leech: 1 },
    link: { latency_ms: 10, jitter_pct: JITTER_PERCENT, bandwidth_mb: 0, window_bytes: 64 * 1024 * 1024 },
    exchange: { targetMessageBytes: TARGET_BYTES, replaceHaveBytes: 1_024 },
    wire: 'codec'
  })
  const plans = planPeers(scenario.topology, random).map((plan) => {
    if (plan.role !== 'leech' || options.asBoxo !== true) return plan
    return { ...plan, adversary: asBoxo(one.seeds + 1) }
  })
  const counters = new TrafficCounters(plans.length)
  const events = createEventLog({
    keep: (record) => {
      counters.add(numberOfPeer(record.from), numberOfPeer(record.to), record)
      options.observe?.(record)
    }
  })
  const strategies = await loadStrategies(options.server, options.client)
  const world = virtualWorld({ scenario, plans, strategies, events, random })
  await world.start()
  const content = createList({ sizes: [ROOT_BYTES, ...Array<number>(one.blocks - 1).fill(BLOCK_BYTES)] }).blocks
  const leech = world.peers[one.seeds]
  if (leech === undefined) throw new Error('a world without a leech')
  for (const { store, plan } of world.peers.slice(0, one.seeds)) {
    for (const [number, { cid, bytes }] of content.entries())
      if (one.spread(number, plan.number, one.seeds)) store.put(cid, bytes)
  }
  await world.connect(planEdges(plans, scenario.topology, random))
  const began = world.clock.now()
  const session = leech.bitswap.createSession()
  const wanted = content.map(({ cid }) => cid)
  await world.clock.until(one.fetch(session, wanted))
  const ms = Math.round(world.clock.now() - began)
  await world.clock.until(world.clock.sleep(QUIET_MS))
  session.close()
  await world.stop()
  return countsOf(counters, one, ms)
}

function countsOf(counters: TrafficCounters, { seeds, blocks: wanted }: SmallCase, ms: number): Counts {
  const blocks = counters.get(seeds, 'blks_rcvd')
  return {
    ms,
    messagesSent: counters.get(seeds, 'msgs_sent'),
    messagesReceived: counters.get(seeds, 'msgs_rcvd'),
    wantBlocks: counters.get(seeds, 'want_blocks_sent'),
    wantHaves: counters.get(seeds, 'want_haves_sent'),
    cancels: counters.get(seeds, 'cancels_sent'),
    haves: counters.get(seeds, 'haves_rcvd'),
    dontHaves: counters.get(seeds, 'dont_haves_rcvd'),
    blocks,
    duplicates: blocks - wanted
  }
}

/** Nobody's enemy: a peer with some of its parts replaced, for which there is this way. */
function asBoxo(peers: number): Adversary {
  return {
    name: 'leech',
    about: 'a peer with what Boxo has between sessions and the network',
    source: 'boxo 0.42.1, bitswap/client/internal/messagequeue and bitswap/client/internal/session',
    serves: true,
    corrupt: (parts: BitswapParts, { clock }: AdversaryWorld) => {
      // The one session there is.
      let session: SessionLike | undefined
      const joined = (peer: PeerId): void => session?.addProvider({ peer, addresses: [] })
      const network = new BoxoNetwork({ network: parts.network, clock, pauseMs: pauseOf(peers), joined })
      const { client } = parts
      if (client === undefined) return { ...parts, network }
      const opened: Client['session'] = (...about) => (session = client.session(...about))
      return { ...parts, network, client: { ...client, session: opened } }
    }
  }
}
