import { InvalidParametersError } from '../../errors.ts'
import { adaptiveDelay } from './adaptive-delay.ts'
import { barter } from './barter.ts'
import { boxo } from './boxo.ts'
import { broadcastControl } from './broadcast-control.ts'
import { broadcast } from './broadcast.ts'
import type { ClientDefinition, ClientStrategy } from './client-strategy.ts'
import { loadAware } from './load-aware.ts'
import { rarestFirst } from './rarest-first.ts'
import { singleStream } from './single-stream.ts'
import { split } from './split.ts'
import { stepBroadcast } from './step-broadcast.ts'
import { ttlInspection } from './ttl-inspection.ts'
import { ttl } from './ttl.ts'
import { wantInspection } from './want-inspection.ts'

/** Every client strategy, the oldest first within its family. */
export const CLIENTS: readonly ClientDefinition[] = [
  barter,
  broadcast,
  split,
  boxo,
  broadcastControl,
  stepBroadcast,
  adaptiveDelay,
  wantInspection,
  ttl,
  ttlInspection,
  rarestFirst,
  loadAware,
  singleStream
]

/**
 * The strategy that a reference names: `boxo`, or with parameters `ttl:degree=5,store=false`. Throws
 * `InvalidParametersError` that says what is allowed.
 */
export function clientByName(reference: string): ClientStrategy {
  const colon = reference.indexOf(':')
  const name = colon < 0 ? reference : reference.slice(0, colon)
  const definition = CLIENTS.find((client) => client.name === name)
  if (definition === undefined) {
    const known = CLIENTS.map((client) => client.name).join(', ')
    throw new InvalidParametersError(`unknown client strategy ${name}: expected one of ${known}`)
  }
  return definition.with(colon < 0 ? {} : readSettings(reference, reference.slice(colon + 1)))
}

function readSettings(reference: string, text: string): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, equals)).trim()
    if (name === '') {
      throw new InvalidParametersError(
        `client strategy ${reference}: ${pair === '' ? 'nothing' : pair} is no parameter: expected key=value,key=value`
      )
    }
    settings[name] = pair.slice(equals + 1)
  }
  return settings
}
