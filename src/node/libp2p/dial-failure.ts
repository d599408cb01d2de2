import { reasonOf } from '../repo/repo-error.ts'

/** What ends of a handshake mean. libp2p keeps the text of what went wrong, and nothing else. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:Missing newline|Unexpected EOF|Encryption failed|Protocol selection failed|The operation was aborted due to timeout)/u,
    'what listens there does not speak libp2p, is of another private swarm, or ended the connection during the handshake: ' +
      'check address and port'
  ],
  [/^Unexpected Peer$/u, 'another peer than the one named listens there']
]

/** Why a peer could not be reached, for whoever gave its address. */
export function dialFailure(error: unknown): string {
  const reason = reasonOf(error)
  const isAnswered = error instanceof Error && error.name === 'EncryptionFailedError'
  const meaning = isAnswered ? MEANINGS.find(([pattern]) => pattern.test(reason))?.[1] : undefined
  return meaning === undefined ? reason : `${meaning} (${reason})`
}
