import type { CID } from 'multiformats/cid'
import { TRIAL_MS, type Finding } from '../../api/service/insight-service.ts'
import { admit } from '../../blocks/admit.ts'
import type { Exchange } from '../../exchange.ts'
import type { SearchView } from '../../exchange-insight.ts'
import { cidKey } from '../../ids.ts'
import type { Hashers } from '../../ports.ts'
import { reasonOf } from '../repo/repo-error.ts'
import { blockFindings, type BlockFacts, type NetworkFacts, type TrialFacts } from './block-findings.ts'
import { BELOW_LIMITS, examineBelow } from './examine-below.ts'
import { examineLocalBlock, type LocalBlockParts } from '../keeping/local-block.ts'

export interface ExamineBlockParts extends LocalBlockParts {
  readonly online:
    | {
        readonly exchange: Pick<Exchange, 'getMany' | 'insight' | 'policy' | 'trust' | 'limits' | 'stat'>
        readonly connections: () => number
        readonly routingOff: () => string | undefined
        readonly privateSwarm: string | undefined
      }
    | undefined
  /** The moment of `performance.now()` at which whoever asks is to have an answer; left out for no hurry. */
  readonly endAt?: number | undefined
}

type Online = NonNullable<ExamineBlockParts['online']>

/** Where a block came from that no peer was asked for. */
const THE_STORE = 'the store'

/**
 * Finds out why a block can or cannot be had: asks for it as any request does, and looks at how that goes; so a damaged one
 * is healed when somebody has it. Of one that is here, what is below it, and why the first that is missing there can or cannot be had.
 */
export async function examineBlock(
  parts: ExamineBlockParts,
  cid: CID,
  signal?: AbortSignal
): Promise<readonly Finding[]> {
  await parts.hashers.load()
  const facts = await factsOf(parts, cid, signal)
  if (facts.hash !== 'identity' && !isHere(facts.local)) return blockFindings(facts)
  const { firstMissing, ...below } = await examineBelow(parts, cid, { signal }, { ...BELOW_LIMITS, endAt: parts.endAt })
  const first = firstMissing && (await factsOf(parts, firstMissing, signal))
  return blockFindings({ ...facts, below: { ...below, first } })
}

async function factsOf(parts: ExamineBlockParts, cid: CID, signal?: AbortSignal): Promise<BlockFacts> {
  const { online, endAt = Infinity } = parts
  const trialMs = Math.max(1, Math.min(TRIAL_MS, endAt - performance.now()))
  const hash = hashOf(parts.hashers, cid)
  const local = hash === 'supported' ? await localOf(parts, cid, signal) : undefined
  const state = local !== undefined && 'state' in local ? local.state : undefined
  const isOpen = state !== undefined && state !== 'sound'
  const asked = isOpen && online !== undefined ? await examineNetwork(online, cid, trialMs, signal) : undefined
  // A store that does not check what it reads hands out what is damaged: that nobody was asked tells nothing.
  const network = state === 'damaged' && asked?.trial?.cameFrom === THE_STORE ? undefined : asked
  // The request read it: a store that puts apart what is damaged did so.
  const isAsBefore = asked?.trial === undefined || asked.trial.cameFrom !== undefined
  const rule = online?.exchange.policy
    .rules()
    .find((one) => one.peer === undefined && one.cid !== undefined && cidKey(one.cid) === cidKey(cid))?.effect
  return { cid: cid.toString(), hash, local: isAsBefore ? local : await localOf(parts, cid, signal), rule, network }
}

async function examineNetwork(online: Online, cid: CID, ms: number, signal?: AbortSignal): Promise<NetworkFacts> {
  const { exchange, connections, routingOff, privateSwarm } = online
  const { partners } = exchange.stat()
  const off = routingOff()
  // Nobody can be asked, now or in ten seconds.
  const isAlone = partners.length === 0 && off !== undefined
  const trial = isAlone ? undefined : await tryFetch(exchange, cid, ms, signal)
  return {
    partners: exchange.stat().partners.length,
    connections: connections(),
    privateSwarm,
    routingOff: off,
    trial,
    refusedProviders: refusedOf(exchange, trial?.search),
    downloadLimit: exchange.limits.get().download
  }
}

/** Asks for the block for a while. How the want stands is looked at while it is still there. */
async function tryFetch(
  exchange: Pick<Exchange, 'getMany' | 'insight'>,
  cid: CID,
  ms: number,
  signal?: AbortSignal
): Promise<TrialFacts> {
  const stop = new AbortController()
  const startedAt = performance.now()
  const looked: { want?: TrialFacts['want']; search?: TrialFacts['search'] } = {}
  const timer = setTimeout(() => {
    looked.want = exchange.insight.want(cid)
    looked.search = exchange.insight.search(cid)
    stop.abort(new DOMException('time is up', 'TimeoutError'))
  }, ms)
  const ends = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const facts = (more: Partial<TrialFacts>): TrialFacts => ({
    ...{ ms: performance.now() - startedAt, isShort: ms < TRIAL_MS, cameFrom: undefined, error: undefined },
    ...{ want: looked.want, search: looked.search ?? exchange.insight.search(cid) },
    ...more
  })
  try {
    for await (const { from } of exchange.getMany([cid], { signal: ends, label: `doctor ${cid.toString()}` })) {
      return facts({ cameFrom: from ?? THE_STORE })
    }
    return facts({})
  } catch (error) {
    signal?.throwIfAborted()
    return facts(stop.signal.aborted ? {} : { error: reasonOf(error) })
  } finally {
    clearTimeout(timer)
  }
}

function refusedOf({ policy, trust }: Pick<Exchange, 'policy' | 'trust'>, search: SearchView | undefined): string[] {
  const names = search?.failures.map(({ name }) => name) ?? []
  return names.filter((name) => !name.startsWith('/') && (!policy.admits(name) || trust.of(name)?.banned !== undefined))
}

function hashOf(hashers: Hashers, cid: CID): BlockFacts['hash'] {
  try {
    return admit(cid, hashers) === undefined ? 'supported' : 'identity'
  } catch (error) {
    return { unsupported: reasonOf(error) }
  }
}

function isHere(local: BlockFacts['local']): boolean {
  return local !== undefined && 'state' in local && local.state === 'sound'
}

async function localOf(parts: LocalBlockParts, cid: CID, signal?: AbortSignal): Promise<BlockFacts['local']> {
  try {
    return await examineLocalBlock(parts, cid, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    return { failed: reasonOf(error) }
  }
}
