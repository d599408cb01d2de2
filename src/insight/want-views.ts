import type { CID } from 'multiformats/cid'
import type { AskedPeer, PeerAnswer, SearchView, WantInsight, WantPhase } from '../exchange-insight.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { WantType } from '../message/message.ts'
import type { Clock } from '../ports.ts'
import type { ShownSession } from '../session-inside.ts'
import { toReason } from './session-view.ts'
import { whyStuck } from './why-stuck.ts'

/** A want as the table has it. */
export interface WatchedWant {
  readonly cid: CID
  readonly key: CidKey
  readonly since: number
  readonly holders: Iterable<object> & { readonly size: number }
  readonly told: Iterable<PeerId> & { has(peer: PeerId): boolean }
  readonly inFlight: { get(peer: PeerId): { readonly at: number } | undefined }
  readonly claimed: boolean
}

export interface WantViewParts {
  readonly clock: Pick<Clock, 'now'>
  /** What makes a time of the clock one since 1970. */
  readonly epoch: number
  readonly wants: { askedFor(peer: PeerId, want: WatchedWant): WantType | undefined }
  readonly peers: {
    peers(): Iterable<PeerId>
    /** What was said of a block; what is older than its time at `now` is left out. */
    evidence(
      key: CidKey
    ): { all(now: number): Iterable<readonly [peer: PeerId, presence: 'have' | 'dont-have']> } | undefined
  }
  readonly sessions: { of(holder: object): ShownSession | undefined }
  readonly searches: { outcome(key: CidKey): SearchView | undefined }
  readonly limits: { get(): { readonly download: number; readonly downloadPerPeer: number } }
}

/** Peers that are named of one want. */
export const MAX_ASKED_SHOWN = 16

const RANK: Readonly<Record<PeerAnswer, number>> = { have: 0, silent: 1, 'dont-have': 2 }

/** The same for all wants of one look. */
interface Look {
  readonly now: number
  readonly connectedPeers: number
  readonly isLimited: boolean
}

/** What came of each want so far, put together from those who have a part in it. */
export class WantViews {
  readonly #parts: WantViewParts

  constructor(parts: WantViewParts) {
    this.#parts = parts
  }

  /** What shows one want after the other, all at this moment. */
  viewer(): (want: WatchedWant, session?: ShownSession) => WantInsight {
    const { download, downloadPerPeer } = this.#parts.limits.get()
    const connectedPeers = [...this.#parts.peers.peers()].length
    const look = { now: this.#parts.clock.now(), connectedPeers, isLimited: download > 0 || downloadPerPeer > 0 }
    return (want, session = this.sessionOf(want)) => this.#view(want, look, session)
  }

  /** The session that has wanted it for longest; of those with this label, where one is given. */
  sessionOf({ holders }: WatchedWant, label?: string): ShownSession | undefined {
    for (const holder of holders) {
      const session = this.#parts.sessions.of(holder)
      if (session !== undefined && (label === undefined || session.label === label)) return session
    }
    return undefined
  }

  search(key: CidKey): SearchView | undefined {
    const outcome = this.#parts.searches.outcome(key)
    if (outcome === undefined) return undefined
    const { startedAt, endedAt } = outcome
    return { ...outcome, startedAt: this.#date(startedAt), endedAt: endedAt && this.#date(endedAt) }
  }

  /** What connected peers said of a block, however long ago. */
  evidence(key: CidKey): Iterable<readonly [peer: PeerId, presence: 'have' | 'dont-have']> {
    return this.#parts.peers.evidence(key)?.all(-Infinity) ?? []
  }

  #view(want: WatchedWant, look: Look, session: ShownSession | undefined): WantInsight {
    const open = session?.inside?.open.get(want.key)
    const asked = this.#asked(want)
    const counts = { asked: asked.length, have: 0, dontHave: 0, silent: 0 }
    let dueSince: number | undefined
    for (const { answer, dueSince: since } of asked) {
      counts[answer === 'dont-have' ? 'dontHave' : answer]++
      if (since !== undefined) dueSince = Math.min(dueSince ?? Infinity, since)
    }
    const phase: WantPhase = want.claimed ? 'storing' : (open?.phase ?? 'looking')
    const search = this.search(want.key)
    const now = this.#date(look.now)
    const hints = session?.inside?.hints
    const stuckBecause = whyStuck({
      ...counts,
      ageMs: look.now - want.since,
      phase,
      connectedPeers: look.connectedPeers,
      dueMs: dueSince && now - dueSince,
      named: hints?.size ?? 0,
      isConnecting: hints?.isConnecting === true,
      unreached: hints === undefined || hints.size === 0 ? [] : hints.unreached().map(toReason),
      isFixed: session?.inside?.fixed === true,
      search,
      isLimited: look.isLimited
    })
    return {
      ...counts,
      cid: want.cid,
      since: this.#date(want.since),
      session: session && { id: session.id, label: session.label },
      sessions: want.holders.size,
      phase,
      peers: firstOf(asked),
      lastSentAt: open?.askedAt && this.#date(open.askedAt),
      search,
      stuckBecause
    }
  }

  /** Those that were told of it, and those that said something of it and are not told any more. */
  #asked(want: WatchedWant): readonly AskedPeer[] {
    const asked: AskedPeer[] = []
    const spoke = new Set<PeerId>()
    for (const [peer, answer] of this.evidence(want.key)) {
      spoke.add(peer)
      asked.push(this.#peer(want, peer, answer))
    }
    for (const peer of want.told) if (!spoke.has(peer)) asked.push(this.#peer(want, peer, 'silent'))
    return asked
  }

  #peer(want: WatchedWant, peer: PeerId, answer: PeerAnswer): AskedPeer {
    const askedFor = want.told.has(peer) ? this.#parts.wants.askedFor(peer, want) : undefined
    const due = want.inFlight.get(peer)?.at
    return { peer, answer, askedFor, dueSince: due === undefined ? undefined : this.#date(due) }
  }

  #date(at: number): number {
    return Math.round(this.#parts.epoch + at)
  }
}

function firstOf(asked: readonly AskedPeer[]): readonly AskedPeer[] {
  if (asked.length <= 1) return asked
  return asked.toSorted((a, b) => RANK[a.answer] - RANK[b.answer]).slice(0, MAX_ASKED_SHOWN)
}
