import type { GcStatus } from '../../api/service/content-service.ts'
import type { StorePart } from '../../api/service/insight-snapshot.ts'

/** How removing what nobody keeps stands. */
export function gcPart({ state, automatic, last }: GcStatus): StorePart['gc'] {
  return {
    state: state !== 'idle' ? 'running' : automatic.enabled ? 'idle' : 'off',
    lastAt: last && Math.round(last.startedAt + last.durationMs),
    removedBlocks: last?.removed,
    freedBytes: last?.bytesFreed,
    lastError: last?.error
  }
}
