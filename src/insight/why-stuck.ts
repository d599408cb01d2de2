import { counted } from '../counted.ts'
import type { SearchView, StuckReason, WantPhase } from '../exchange-insight.ts'

/** What is known of one want. Times are durations in milliseconds. */
export interface WantFacts {
  readonly ageMs: number
  readonly phase: WantPhase
  readonly connectedPeers: number
  readonly asked: number
  readonly have: number
  readonly dontHave: number
  readonly silent: number
  /** Since when the peer that was asked for the bytes first is expected to send them. */
  readonly dueMs: number | undefined
  /** Peers that the caller named, whether they are being connected to, and those that could not be reached. */
  readonly named: number
  readonly isConnecting: boolean
  readonly unreached: readonly { readonly name: string; readonly reason: string }[]
  /** Nobody else may be asked. */
  readonly isFixed: boolean
  readonly search: SearchView | undefined
  /** Is there a limit on how fast blocks may come in? */
  readonly isLimited: boolean
}

/** A want younger than this is not stuck. */
export const STUCK_AFTER_MS = 5_000
/** A peer may take so long to send a block: slow links are slow. */
export const DUE_AFTER_MS = 10_000
/** A want may wait so long for its turn: the others of its session are being fetched. */
export const BUSY_AFTER_MS = 30_000

/** Why a want is not answered; undefined for one that is not old enough, or that goes on. */
export function whyStuck(facts: WantFacts): StuckReason | undefined {
  if (facts.ageMs < STUCK_AFTER_MS) return undefined
  switch (facts.phase) {
    case 'looking':
      return { code: 'slow-store', text: 'the local store has not said yet whether the block is here' }
    case 'storing':
      return { code: 'slow-store', text: 'the block has arrived, and the local store has not taken it yet' }
    case 'asked':
      return ofAsked(facts)
    case 'ready':
      return ofReady(facts)
    case 'searching':
      return ofSearching(facts)
  }
}

function ofAsked(facts: WantFacts): StuckReason | undefined {
  const { dueMs } = facts
  if (dueMs === undefined || dueMs < DUE_AFTER_MS) return undefined
  if (facts.isLimited) return limited()
  const text = `a peer was asked for it more than ${DUE_AFTER_MS / 1_000} s ago and has not sent it: it is slow, or gone`
  return { code: 'silent-peers', text }
}

function ofReady(facts: WantFacts): StuckReason | undefined {
  if (facts.connectedPeers === 0) return ofNobody(facts)
  if (facts.isConnecting) return connecting(facts)
  if (facts.ageMs < BUSY_AFTER_MS) return undefined
  if (facts.isLimited) return limited()
  const text =
    'peers that may have it are busy with what they were asked for before; it is asked of the next that has room'
  return { code: 'busy-peers', text }
}

function ofSearching(facts: WantFacts): StuckReason {
  const { search, asked, dontHave, silent } = facts
  if (facts.isConnecting) return connecting(facts)
  if (facts.isFixed) return onlyNamed(facts)
  const failing = ofDials(facts)
  if (failing !== undefined) return failing
  if (facts.connectedPeers === 0) return ofNobody(facts)
  if (silent > 0) {
    const text = `${counted(silent, 'peer')} of ${asked} asked did not answer, ${dontHave} said that they do not have it`
    return { code: 'silent-peers', text: `${text}; ${routingSaid(search)}` }
  }
  if (search === undefined || search.endedAt === undefined) {
    return { code: 'searching', text: `${peersSaid(facts)}; ${routingSaid(search)}` }
  }
  const code = asked > 0 && dontHave === asked ? 'all-dont-have' : 'no-providers'
  return { code, text: `${peersSaid(facts)}; ${routingSaid(search)}` }
}

function ofNobody(facts: WantFacts): StuckReason {
  if (facts.isConnecting) return connecting(facts)
  return ofDials(facts) ?? { code: 'no-peers', text: `no peer is connected; ${routingSaid(facts.search)}` }
}

/** Providers are known, and none of them can be reached. */
function ofDials({ search, unreached }: WantFacts): StuckReason | undefined {
  const isSearched = search !== undefined && search.reached === 0 && search.unreached > 0
  const [first] = isSearched ? search.failures : unreached
  if (first === undefined) return undefined
  const total = isSearched ? search.unreached : unreached.length
  const who = total === 1 ? 'the one provider that is known cannot' : `none of ${total} providers that are known can`
  return { code: 'dial-failing', text: `${who} be reached: ${first.name}: ${first.reason}` }
}

function connecting({ named, unreached }: WantFacts): StuckReason {
  const tried = unreached.length === 0 ? '' : `, ${unreached.length} of which could not be reached before`
  return { code: 'connecting', text: `being connected to ${counted(named, 'named peer')}${tried}` }
}

function onlyNamed(facts: WantFacts): StuckReason {
  const [first] = facts.unreached
  const failed = first === undefined ? '' : `; ${first.name} cannot be reached: ${first.reason}`
  const text = `nobody but ${counted(facts.named, 'named peer')} may be asked; ${peersSaid(facts)}${failed}`
  return { code: 'only-named-peers', text }
}

function limited(): StuckReason {
  return { code: 'download-limit', text: 'blocks come in no faster than the download limit allows' }
}

function peersSaid({ asked, dontHave, connectedPeers }: WantFacts): string {
  if (asked === 0) return `none of ${counted(connectedPeers, 'connected peer')} was asked`
  if (dontHave === asked)
    return asked === 1 ? 'the peer that was asked does not have it' : `none of ${asked} peers asked has it`
  return `${dontHave} of ${asked} peers asked do not have it`
}

function routingSaid(search: SearchView | undefined): string {
  if (search === undefined) return 'routing has not been asked'
  if (search.error !== undefined) return `routing failed: ${search.error}`
  if (search.endedAt === undefined) return 'routing is being asked'
  if (search.found === 0) return 'routing knows no provider'
  return `routing named ${counted(search.found, 'provider')}, of which ${search.reached} could be reached`
}
