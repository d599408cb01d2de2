import { findByReference } from '../../engine/strategies/reference.ts'
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
  const { found, settings } = findByReference('client strategy', reference, CLIENTS)
  return found.with(settings)
}
