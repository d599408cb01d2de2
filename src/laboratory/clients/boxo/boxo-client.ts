import type { Values } from '../../../engine/strategies/parameters.ts'
import type { Client } from '../../../session/session-like.ts'
import type { Random } from '../../../ports.ts'
import { strategyClient } from '../base/strategy-client.ts'
import type { BoxoHooks } from './boxo-hooks.ts'
import { BoxoSession } from './boxo-session.ts'
import { BoxoShared } from './boxo-shared.ts'

/** The parameters of every client that is Boxo's but for one decision, with Boxo's defaults. */
export const BOXO_PARAMETERS = {
  searchDelayMs: {
    about: 'wait for a first block before routing is asked',
    unit: 'ms',
    fallback: 1_000,
    min: 0,
    max: 600_000
  },
  rebroadcastMs: {
    about: 'pause between two searches for one of the open wants',
    unit: 'ms',
    fallback: 60_000,
    min: 1_000,
    max: 3_600_000
  },
  broadcastWants: { about: 'wants told to everybody at a time', unit: 'wants', fallback: 64, min: 1, max: 4_096 },
  maxDontHaves: {
    about: '"dont-have" in a row that a peer may say and stay in the session',
    unit: 'answers',
    fallback: 16,
    min: 1,
    max: 4_096
  },
  timeouts: { about: 'a want-block that is not answered in time counts as "dont-have"', fallback: true }
} as const

type BoxoValues = Values<typeof BOXO_PARAMETERS>

/** Boxo's client; `hooks` says where it differs. */
export function boxoClient(
  { random }: { readonly random: Random },
  settings: BoxoValues,
  hooks: BoxoHooks = {},
  extra: Omit<Client, 'session'> = {}
): Client {
  const shared = new BoxoShared()
  return strategyClient((desk) => new BoxoSession(desk, shared, random, settings, hooks), {
    cancelsSender: true,
    ...extra,
    sending: (peer, message) => {
      const written = shared.written(peer, message)
      return extra.sending?.(peer, written) ?? written
    }
  })
}
