import type { ComponentLogger } from '@libp2p/interface'
import type { Logger } from '../../ports.ts'

/** Logs through libp2p, as its users know it: `DEBUG='barter*'` shows errors and warnings, `barter*:trace` all. */
export function libp2pLogger(logger: ComponentLogger, component = 'barter'): Logger {
  const log = logger.forComponent(component)
  return {
    debug: (message, fields) => log.trace('%s %o', message, fields ?? {}),
    warn: (message, fields) => log('%s %o', message, fields ?? {}),
    error: (message, fields) => log.error('%s %o', message, fields ?? {})
  }
}
