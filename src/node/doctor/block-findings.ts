import { formatBytes } from '../../api/formats/byte-size.ts'
import { formatDuration } from '../../api/formats/duration.ts'
import { DAMAGE_ADVICE } from '../../api/service/damage-advice.ts'
import { TRIAL_MS, type Finding } from '../../api/service/insight-service.ts'
import { counted } from '../../counted.ts'
import type { PeerAnswer, SearchView, WantInsight } from '../../exchange-insight.ts'
import type { BelowFacts } from './examine-below.ts'
import { note, ok, problem, warning } from './finding.ts'
import type { LocalBlock } from '../keeping/local-block.ts'

/** What was found out about one block. */
export interface BlockFacts {
  readonly cid: string
  /** `unsupported`: no function for it, or a digest of a length that is not accepted; with what it says of it. */
  readonly hash: 'supported' | 'identity' | { readonly unsupported: string }
  /** How it is in the store; the text of the error when the store cannot say. Left out for a hash that is not `supported`. */
  readonly local: LocalBlock | { readonly failed: string } | undefined
  /** Its owner has a rule on it, which is about what others get of this peer. */
  readonly rule: 'allow' | 'deny' | undefined
  /** Undefined for a peer that runs without its network side. */
  readonly network: NetworkFacts | undefined
  /** What is below it, for one that is here; `first` is the first that is missing. */
  readonly below?: (Omit<BelowFacts, 'firstMissing'> & { readonly first: BlockFacts | undefined }) | undefined
}

export interface NetworkFacts {
  /** Connected peers that speak bitswap. */
  readonly partners: number
  readonly connections: number
  readonly privateSwarm: string | undefined
  /** Why nobody can be asked for providers. */
  readonly routingOff: string | undefined
  /** It was asked for: this is how that went. */
  readonly trial: TrialFacts | undefined
  /** Of the peers that are denied or banned, those that routing named. */
  readonly refusedProviders: readonly string[]
  /** Bytes a second; 0 for no limit. */
  readonly downloadLimit: number
}

export interface TrialFacts {
  readonly ms: number
  /** Whoever asked had less time than a request needs to try everything. */
  readonly isShort?: boolean | undefined
  /** It came, from a peer, or from the store, where another request had put it. */
  readonly cameFrom: string | undefined
  /** Why the request failed, other than by its time. */
  readonly error: string | undefined
  /** How the want stood in the end. */
  readonly want: WantInsight | undefined
  readonly search: SearchView | undefined
}

/** Peers named in one finding. */
const MAX_NAMES = 3

/** Why a block can or cannot be had, the plainest reason first. */
export function blockFindings(facts: BlockFacts): readonly Finding[] {
  const final = ofItself(facts)
  if (final !== undefined) return [final, ...ofRule(facts), ...ofBelow(facts.below)]
  const { network } = facts
  const away = ofAbsence(facts)
  if (network === undefined) {
    if (away.level === 'problem') return [away]
    const text = 'no daemon runs: only what is in the store can be read'
    return [away, problem('offline', text, 'start it with `barter daemon`, and ask again')]
  }
  const { trial } = network
  if (trial?.cameFrom !== undefined) {
    return [
      away,
      ok('fetched', `the block can be fetched: it came from ${trial.cameFrom} after ${formatDuration(trial.ms)}`)
    ]
  }
  return [
    away,
    ...ofStore(trial),
    ...ofHurry(trial),
    ...ofOthers(facts.cid, network),
    ...ofOwner(network),
    ...ofRule(facts)
  ]
}

/** What is missing there is examined as any other block. */
function ofBelow(below: BlockFacts['below']): readonly Finding[] {
  if (below === undefined) return []
  const { looked, missing, first, isCut, opaque } = below
  const findings: Finding[] = []
  if (opaque !== undefined) findings.push(note('opaque', `not all that is below it can be told: ${opaque}`))
  if (isCut) findings.push(note('cut', `only the first ${counted(looked, 'block')} below it were looked at`))
  if (first === undefined) {
    if (looked > 0 && !isCut && opaque === undefined)
      findings.push(ok('complete', `all below it is here, too: ${counted(looked, 'block')}`))
    return findings
  }
  const are = missing === 1 ? 'is' : 'are'
  const text = `of ${counted(looked, 'block')} below it ${missing} ${are} missing or damaged, the first is ${first.cid}`
  const why = blockFindings(first).filter(({ code }) => code !== 'not-local')
  return [...findings, note('missing-below', text), ...why]
}

/** What ends the matter, whoever is connected. */
function ofItself({ cid, hash, local }: BlockFacts): Finding | undefined {
  if (hash === 'identity') return ok('identity', 'the CID holds its own block: nothing needs to be fetched')
  if (hash !== 'supported') {
    const advice = 'no peer can send it: make the content anew with sha2-256 or blake3'
    return problem('unsupported-hash', `blocks of this kind are not accepted: ${hash.unsupported}`, advice)
  }
  if (local !== undefined && 'failed' in local) {
    const advice = 'look at the disk: `barter doctor`, and `barter repo verify`'
    return problem('store-failed', `the store cannot say whether it has the block: ${local.failed}`, advice)
  }
  return local?.state === 'sound' ? ok('local', `block ${cid} is in the store of this peer`) : undefined
}

/** Of a block that can be had, it is no trouble that its copy here was damaged. */
function ofAbsence({ cid, local, network }: BlockFacts): Finding {
  const hasCome = network?.trial?.cameFrom !== undefined
  if (local !== undefined && 'state' in local && local.state === 'damaged') {
    if (hasCome) return note('damaged', `block ${cid} was damaged in the store`)
    return problem('damaged', `block ${cid} is in the store, and is damaged`, DAMAGE_ADVICE)
  }
  if (local !== undefined && 'state' in local && local.state === 'missed') {
    const text = `block ${cid} is not in the store: ${local.reason}`
    return hasCome ? note('missed', text) : problem('missed', text, DAMAGE_ADVICE)
  }
  return note('not-local', 'the block is not in the store of this peer')
}

function ofStore(trial: TrialFacts | undefined): readonly Finding[] {
  if (trial?.error === undefined) return []
  return [problem('request-failed', `the request for it failed: ${trial.error}`)]
}

function ofHurry(trial: TrialFacts | undefined): readonly Finding[] {
  if (trial?.isShort !== true || trial.error !== undefined) return []
  const text = `it was asked for ${formatDuration(trial.ms)} only: then the time was up`
  return [note('out-of-time', text, `a --timeout of more than ${formatDuration(TRIAL_MS)} tells more`)]
}

/** Where nobody is connected, one of the two is the cause, and the other comes of it. */
function ofOthers(cid: string, network: NetworkFacts): readonly Finding[] {
  const peers = ofPeers(cid, network)
  const routing = ofRouting(network)
  if (network.partners > 0) return [...peers, ...routing]
  const isRoutingTheCause = routing.some(({ code }) => code === 'dial-failing' || code === 'provider-refused')
  return isRoutingTheCause ? [...routing, ...peers.map(asNote)] : [...peers, ...routing.map(asNote)]
}

function asNote(finding: Finding): Finding {
  return finding.level === 'problem' ? { ...finding, level: 'note' } : finding
}

function ofPeers(cid: string, network: NetworkFacts): readonly Finding[] {
  const { partners, connections, privateSwarm, trial } = network
  if (partners === 0) {
    const who = connections === 0 ? 'no peer is connected' : `of ${connections} connected peers none speaks bitswap`
    const swarm =
      privateSwarm === undefined ? '' : `; this swarm is private (${privateSwarm}): others need the same key`
    const advice = 'connect to a peer that has it (`barter swarm connect`), or see `barter bootstrap list`'
    return [problem('no-peers', `${who}${swarm}`, advice)]
  }
  const want = trial?.want
  if (want === undefined) return [note('not-asked', `${counted(partners, 'peer')} connected, none of which was asked`)]
  return [ofAnswers(cid, want, partners), ...ofStuck(want)]
}

function ofAnswers(cid: string, want: WantInsight, partners: number): Finding {
  const { asked, have, dontHave, silent } = want
  if (asked === 0) return note('not-asked', `${counted(partners, 'peer')} connected, none of which was asked`)
  if (have > 0) {
    const text = `${counted(have, 'peer')} of ${asked} asked said to have it, and did not send it in time${namesOf(want, 'have')}`
    return warning('promised', text, 'wait, or see `barter bitswap partners` for whom is slow')
  }
  if (dontHave === asked) {
    const advice = `name a peer that has it: \`barter block get --from <multiaddr> ${cid}\``
    return problem(
      'all-dont-have',
      `${asked === 1 ? 'the peer' : `each of ${asked} peers`} asked said that it does not have it${namesOf(want, 'dont-have')}`,
      advice
    )
  }
  const text = `${silent} of ${counted(asked, 'peer')} asked did not answer${namesOf(want, 'silent')}; ${dontHave} do not have it`
  return warning('silent-peers', text, 'they may be overloaded, or refuse to deal with this peer')
}

/** Some of the peers that gave an answer, for who has to do with them. */
function namesOf({ peers, have, dontHave, silent }: WantInsight, answer: PeerAnswer): string {
  const names = peers.filter((one) => one.answer === answer).map(({ peer }) => peer)
  const shown = names.slice(0, MAX_NAMES)
  const total = { have, 'dont-have': dontHave, silent }[answer]
  return shown.length === 0 ? '' : ` (${shown.join(', ')}${total > shown.length ? ' …' : ''})`
}

function ofStuck({ stuckBecause, phase }: WantInsight): readonly Finding[] {
  if (phase === 'storing') return [problem('slow-store', 'the block has arrived, and the disk has not taken it yet')]
  if (stuckBecause?.code !== 'busy-peers' && stuckBecause?.code !== 'slow-store') return []
  return [warning(stuckBecause.code, stuckBecause.text)]
}

function ofRouting({ routingOff, trial, refusedProviders }: NetworkFacts): readonly Finding[] {
  const refused = refusedProviders.map((peer) =>
    problem(
      'provider-refused',
      `${peer} has it, and is denied or banned here`,
      `\`barter bitswap unban ${peer}\`, or take the rule back`
    )
  )
  if (routingOff !== undefined) return [...refused, problem('routing-off', routingOff)]
  const search = trial?.search
  if (search === undefined) return [...refused, note('routing-not-asked', 'routing has not been asked for providers')]
  return [...refused, ofSearch(search)]
}

function ofSearch({ found, reached, unreached, failures, error, endedAt }: SearchView): Finding {
  if (reached > 0)
    return note('providers', `routing named ${counted(found, 'provider')}, of which ${reached} could be reached`)
  if (unreached > 0) {
    const reasons = failures.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
    const advice = 'they may be offline, or behind a firewall: ask their owner, or connect to them by hand'
    return problem(
      'dial-failing',
      `routing named ${counted(found, 'provider')}, and none can be reached: ${reasons}`,
      advice
    )
  }
  if (error !== undefined) return problem('routing-failed', `routing failed: ${error}`, 'see `barter log tail`')
  if (endedAt === undefined) return note('searching', 'routing is still being asked for providers')
  const advice = 'whoever has it has to announce it (`routing provide` there), or to be named by `--from`'
  return problem('no-providers', 'routing knows no provider of it', advice)
}

function ofOwner({ downloadLimit }: NetworkFacts): readonly Finding[] {
  if (downloadLimit === 0) return []
  return [note('download-limit', `downloads are limited to ${formatBytes(downloadLimit)}/s: \`barter bitswap limits\``)]
}

function ofRule({ rule }: BlockFacts): readonly Finding[] {
  if (rule !== 'deny') return []
  return [note('denied', 'a rule denies it to others; this peer may fetch it all the same', '`barter bitswap policy`')]
}
