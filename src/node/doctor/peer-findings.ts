import { formatBytes } from '../../api/formats/byte-size.ts'
import { formatDuration } from '../../api/formats/duration.ts'
import { BROKEN_PIN_ADVICE, DAMAGE_ADVICE } from '../../api/service/damage-advice.ts'
import type { Finding } from '../../api/service/insight-service.ts'
import { counted } from '../../counted.ts'
import type { LostKey } from '../connectivity/swarm-mark.ts'
import type { BrokenPin } from './examine-pins.ts'
import { note, ok, problem, warning } from './finding.ts'

/** What was found out about the peer as a whole. Times are durations in milliseconds. */
export interface PeerFacts {
  /** Undefined for a peer that keeps nothing. */
  readonly repo: RepoFacts | undefined
  readonly clock: {
    /** What the clock says, in milliseconds since 1970. */
    readonly epochMs: number
    /** How much further it moved than time went by since the start. */
    readonly jumpedMs: number
  }
  /** Undefined when no daemon runs. */
  readonly running: RunningFacts | undefined
}

export interface RepoFacts {
  readonly path: string
  /** Files that others can read and should not, with their modes. */
  readonly open: readonly { readonly path: string; readonly mode: number }[]
  /** Files that should be there and are not. */
  readonly missing: readonly string[]
  /** Without its key a peer of a private swarm does not start. */
  readonly lostSwarmKey?: LostKey | undefined
  /** Undefined where the system does not say. */
  readonly freeBytes: number | undefined
  readonly usedBytes: number | undefined
  readonly maxBytes: number | undefined
  /** Why a block cannot be written and read, or what is damaged cannot be told. */
  readonly storeError?: string | undefined
  /** Blocks that are known to be damaged. */
  readonly damaged?: { readonly count: number; readonly first: string } | undefined
  readonly brokenPin?: BrokenPin | undefined
  /** Those that were found damaged since the start, and those that came again. */
  readonly damageSince?: { readonly found: number; readonly healed: number } | undefined
  /** What of the config nobody reads, in words. */
  readonly strangers?: string | undefined
  /** Why the stores were not even opened, with what to do about it. */
  readonly closed?: string | undefined
}

export interface RunningFacts {
  /** Addresses that this peer listens on, and those it tells others. */
  readonly listening: number
  readonly isOffline: boolean
  readonly connections: number
  readonly partners: number
  /** Peers to begin with, and peers to stay with that are not connected. */
  readonly bootstrap: number
  readonly missingKept: readonly string[]
  readonly privateSwarm: string | undefined
  readonly routingOff: string | undefined
  /** 99th of 100 delays of the event loop. */
  readonly loopDelayMs: number
  readonly wants: number
  readonly stuckWants: number
  readonly providingBehindMs: number
  readonly providingError: string | undefined
  /** Something is to be told, and nobody is there to be told. */
  readonly providingWaits: boolean
  readonly banned: number
  /** What was refused because of a limit, by its text, with how often. */
  readonly limitsReached: readonly { readonly text: string; readonly count: number }[]
}

/** Before this, no clock was right when this was written: 2026-01-01. */
const NO_EARLIER_MS = Date.UTC(2026, 0, 1)
const MAX_JUMP_MS = 60_000
const MIN_FREE_BYTES = 1024 ** 3
const NEARLY_FULL = 0.9
const MAX_LOOP_DELAY_MS = 200

/** How the peer is doing; what is as it should be is told as well, so that one sees that it was looked at. */
export function peerFindings(facts: PeerFacts): readonly Finding[] {
  return [
    ...ofRunning(facts.running),
    ...(facts.repo === undefined ? [] : ofRepo(facts.repo)),
    ...ofClock(facts.clock),
    ...(facts.running === undefined ? [] : ofNetwork(facts.running)),
    ...(facts.running === undefined ? [] : ofWork(facts.running))
  ]
}

function ofRunning(running: RunningFacts | undefined): readonly Finding[] {
  if (running !== undefined) return [ok('api', 'the daemon runs, and answers')]
  return [problem('not-running', 'no daemon runs on this repo', 'start it with `barter daemon`')]
}

/** What would take too long to be looked at here. */
const UNSEEN =
  'its blocks were not read: `barter pin verify` finds those that are missing, `barter repo verify` damaged ones'

function ofRepo(facts: RepoFacts): readonly Finding[] {
  const { path, open, missing, lostSwarmKey, freeBytes, usedBytes, maxBytes, storeError, closed, damaged, strangers } =
    facts
  const { damageSince, brokenPin } = facts
  const findings: Finding[] = []
  for (const file of missing)
    findings.push(problem('missing-file', `${file} is not there`, 'put it back, or make a new repo with `barter init`'))
  if (lostSwarmKey !== undefined) findings.push(problem('missing-file', lostSwarmKey.text, lostSwarmKey.advice))
  for (const file of open) {
    const text = `${file.path} can be read by other users of this machine (mode ${file.mode.toString(8)})`
    findings.push(problem('file-mode', text, `chmod go= ${file.path}`))
  }
  if (closed !== undefined) findings.push(problem('closed', `its stores cannot be opened: ${closed}`))
  if (storeError !== undefined) {
    findings.push(
      problem('store-failed', `the store fails: ${storeError}`, 'look at the disk, and at `barter repo verify`')
    )
  }
  if (damaged !== undefined) findings.push(damage(damaged))
  if (brokenPin !== undefined) {
    const text = `pin ${brokenPin.pin} is not complete: block ${brokenPin.missing} is missing`
    findings.push(problem('broken-pin', text, BROKEN_PIN_ADVICE))
  }
  if (damageSince !== undefined && damageSince.found > 0) findings.push(damagedBefore(damageSince))
  if (freeBytes !== undefined && freeBytes < MIN_FREE_BYTES) {
    const text = `the disk of ${path} has ${formatBytes(freeBytes)} left`
    findings.push(problem('disk-full', text, 'make room, or collect what is not pinned with `barter repo gc`'))
  }
  if (maxBytes !== undefined && usedBytes !== undefined && usedBytes > maxBytes * NEARLY_FULL) {
    const text = `the store holds ${formatBytes(usedBytes)} of ${formatBytes(maxBytes)} (Datastore.StorageMax)`
    findings.push(warning('storage-max', text, 'raise Datastore.StorageMax, or run `barter repo gc`'))
  }
  if (strangers !== undefined) findings.push(warning('unread-keys', strangers, 'docs/config.md has all that are'))
  return findings.length > 0 ? findings : [ok('repo', `the repo ${path} is in order; ${UNSEEN}`)]
}

function damage({ count, first }: NonNullable<RepoFacts['damaged']>): Finding {
  const text = count === 1 ? `block ${first} is damaged` : `${count} blocks are damaged, ${first} among them`
  return problem('damaged', text, DAMAGE_ADVICE)
}

/** Also when all is well again: a disk that damages blocks goes on with it. */
function damagedBefore({ found, healed }: NonNullable<RepoFacts['damageSince']>): Finding {
  const text = `${counted(found, 'block was', 'blocks were')} found damaged since the start (healed: ${healed})`
  return warning('found-damaged', text, 'check the disk; the log names each of them')
}

function ofClock({ epochMs, jumpedMs }: PeerFacts['clock']): readonly Finding[] {
  if (epochMs < NO_EARLIER_MS) {
    const text = `the clock of this machine says ${new Date(epochMs).toISOString()}`
    return [problem('clock', text, 'set it: certificates and records of others look as if they came from the future')]
  }
  if (Math.abs(jumpedMs) < MAX_JUMP_MS) return [ok('clock', 'the clock goes evenly')]
  const text = `the clock was set ${formatDuration(Math.abs(jumpedMs))} ${jumpedMs > 0 ? 'forward' : 'back'} since the start`
  return [warning('clock', text, 'let it be kept by NTP')]
}

function ofNetwork(running: RunningFacts): readonly Finding[] {
  const findings: Finding[] = []
  const { isOffline, listening, connections, partners, bootstrap, privateSwarm, missingKept, routingOff } = running
  if (isOffline) findings.push(note('offline', 'it runs offline: it listens for nobody and dials nobody by itself'))
  else if (listening === 0)
    findings.push(problem('no-ports', 'it listens on no address', 'see Addresses.Swarm of the config'))
  else findings.push(ok('ports', `it listens at ${counted(listening, 'address', 'addresses')}`))
  if (connections === 0 && !isOffline) findings.push(alone(bootstrap, privateSwarm))
  else
    findings.push(
      ok(
        'peers',
        `${counted(connections, 'connection')}, ${counted(partners, 'peer that speaks', 'peers that speak')} bitswap`
      )
    )
  for (const peer of missingKept) {
    findings.push(
      warning(
        'kept-peer',
        `${peer}, which is to stay connected, is not`,
        '`barter swarm peering ls` shows where it is dialled'
      )
    )
  }
  if (routingOff !== undefined) findings.push(note('routing-off', routingOff))
  return findings
}

/** How a peer that was told of nobody finds others. */
const JOIN = '`barter bootstrap add auto` joins the public network'

function alone(bootstrap: number, privateSwarm: string | undefined): Finding {
  if (bootstrap === 0) {
    // A peer of its own accord contacts nobody: that is how it is made, and no fault.
    const advice = `${JOIN}; \`barter swarm connect\` connects to one peer`
    return warning('no-bootstrap', 'no peer is connected, and there are none to begin with', advice)
  }
  const key = privateSwarm === undefined ? '' : ` It needs peers with the same swarm.key (${privateSwarm}).`
  const text = `no peer is connected; ${bootstrap} to begin with are tried.${key}`
  return problem('no-peers', text, 'look at the network of this machine, and at `barter log tail`')
}

function ofWork(running: RunningFacts): readonly Finding[] {
  const findings: Finding[] = []
  const { loopDelayMs, wants, stuckWants, banned, limitsReached } = running
  if (loopDelayMs > MAX_LOOP_DELAY_MS) {
    const text = `this process is held up for ${formatDuration(loopDelayMs)} at a time`
    findings.push(warning('event-loop', text, 'the machine may be too busy: see barter_event_loop_delay_seconds'))
  }
  if (stuckWants > 0) {
    const text = `${stuckWants} of ${counted(wants, 'want')} ${stuckWants === 1 ? 'is' : 'are'} stuck`
    findings.push(warning('stuck-wants', text, '`barter bitswap wants -v` shows why, `barter doctor <cid>` tells more'))
  }
  findings.push(...ofProviding(running))
  if (banned > 0)
    findings.push(
      note('banned', `${counted(banned, 'peer is', 'peers are')} banned`, '`barter bitswap trust` shows why')
    )
  for (const { text, count } of limitsReached) findings.push(note('limit-reached', `${count} ${text}`))
  return findings
}

function ofProviding({ providingBehindMs, providingError, providingWaits }: RunningFacts): readonly Finding[] {
  const findings: Finding[] = []
  if (providingBehindMs > 0) {
    const text = `telling others what is here falls behind: ${formatDuration(providingBehindMs)} too slow`
    findings.push(
      warning('providing-behind', text, 'set Provide.Strategy to roots or pinned, or raise Provide.DHT.MaxWorkers')
    )
  }
  if (providingError !== undefined)
    findings.push(note('providing-error', `the last record that was not taken: ${providingError}`))
  if (providingWaits) findings.push(note('providing-waits', 'no peers to tell yet of what is here', JOIN))
  return findings
}
