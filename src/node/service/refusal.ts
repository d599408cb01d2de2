import type { Exchange } from '../../exchange.ts'
import type { PeerIdLike } from '../../ids.ts'

/** Why this peer does not deal with another, for people; undefined when it does. */
export function refusalOf({ policy, trust }: Pick<Exchange, 'policy' | 'trust'>, peer: PeerIdLike): string | undefined {
  if (!policy.admits(peer)) return 'a rule here denies this peer: see `barter bitswap policy`'
  const banned = trust.of(peer)?.banned
  if (banned === undefined) return undefined
  const minutes = Math.ceil(banned.leftMs / 60_000)
  return `this peer is banned here for ${minutes} min (${banned.reason}): see \`barter bitswap unban\``
}
