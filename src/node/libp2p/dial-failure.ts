import { spacedLine } from '../../safe-text.ts'
import { reasonOf } from '../repo/repo-error.ts'

/** What ends of a handshake mean. libp2p keeps the text of what went wrong, and nothing else. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:Missing newline|Unexpected EOF|Encryption failed|Protocol selection failed)/u,
    'what listens there does not speak libp2p, is of another private swarm, or ended the connection during the handshake: ' +
      'check address and port'
  ],
  [
    /^The operation was aborted due to timeout/u,
    'it accepted the connection and did not answer: it may be busy, or speak no libp2p'
  ],
  [/^Unexpected Peer$/u, 'another peer than the one named listens there']
]

/** Addresses that are told of, each in a line. */
const MAX_TOLD = 8

/**
 * Why a peer could not be reached, for whoever gave its address. Where several addresses failed, a line for each: `tried`
 * are those of libp2p's attempts, in order.
 */
export function dialFailure(error: unknown, tried: readonly string[] = []): string {
  const failures: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  if (failures.length === 0) return meaningOf(error)
  // Whoever joins attempts that are under way heard of a part of them at most.
  const isKnown = tried.length === failures.length
  const reasons = failures.map((failure, at) => {
    const reason = dialFailure(failure)
    return spacedLine(isKnown ? `${tried[at] ?? ''}: ${reason}` : reason)
  })
  const lines = [...new Set(reasons)]
  const more = lines.length > MAX_TOLD ? [`and ${lines.length - MAX_TOLD} more`] : []
  const all = [`none of ${failures.length} addresses could be reached:`, ...lines.slice(0, MAX_TOLD), ...more]
  return all.join('\n* ')
}

function meaningOf(error: unknown): string {
  const reason = reasonOf(error)
  const isAnswered = error instanceof Error && error.name === 'EncryptionFailedError'
  const meaning = isAnswered ? MEANINGS.find(([pattern]) => pattern.test(reason))?.[1] : undefined
  return meaning === undefined ? reason : `${meaning} (${reason})`
}
