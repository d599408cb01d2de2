import type { SessionInsight } from '../exchange-insight.ts'
import type { PeerId } from '../ids.ts'

/** A provider as it was named, and why it could not be reached. */
export interface UnreachedHint {
  readonly provider: { readonly peer?: PeerId; readonly addresses: readonly string[] }
  readonly failure: unknown
}

/** A session and what it holds. */
export interface ShownSession {
  readonly id: number
  readonly label: string
  readonly since: number
  readonly inside:
    | {
        readonly open: {
          readonly size: number
          readonly added: number
          readonly asked: number
          readonly readyCount: number
          readonly searching: { readonly size: number }
        }
        readonly members: { readonly size: number }
        readonly hints: { readonly size: number; unreached(): readonly UnreachedHint[] }
        readonly fixed: boolean
      }
    | undefined
}

const NOTHING = { open: 0, done: 0, looking: 0, ready: 0, asked: 0, searching: 0, peers: 0, named: 0 }
const MAX_REASON = 200

/** `epoch` makes a time of the clock one since 1970. */
export function sessionView({ id, label, since, inside }: ShownSession, epoch: number): SessionInsight {
  const name = { id, label, since: Math.round(epoch + since) }
  if (inside === undefined) return { ...name, ...NOTHING, unreached: [], isFixed: false }
  const { size, added, asked, readyCount: ready, searching } = inside.open
  return {
    ...name,
    open: size,
    done: added - size,
    looking: size - asked - ready - searching.size,
    ready,
    asked,
    searching: searching.size,
    peers: inside.members.size,
    named: inside.hints.size,
    unreached: inside.hints.unreached().map(toReason),
    isFixed: inside.fixed
  }
}

/** Who could not be reached, and why, each in one line. */
export function toReason({ provider, failure }: UnreachedHint): { readonly name: string; readonly reason: string } {
  const reason = failure instanceof Error ? failure.message : String(failure)
  return { name: provider.peer ?? provider.addresses[0] ?? '', reason: reason.slice(0, MAX_REASON) }
}
