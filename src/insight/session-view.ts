import type { SessionInsight } from '../exchange-insight.ts'
import type { ShownSession, UnreachedHint } from '../session-inside.ts'

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
