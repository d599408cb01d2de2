import { setFlagsFromString } from 'node:v8'

/** The first V8 in which the setting was measured; an older one may not know it, and says so on the terminal. */
const SINCE_V8 = 14

/**
 * Lets V8 weigh the memory of buffers together with the rest of the heap when it decides whether to collect garbage. By
 * itself it collects the whole heap after every few MiB of new buffers: at hundreds of MiB a second that takes a third
 * to a half of all processor time, for the same memory in the end (figures: benchmarks/exchange/raw-stream.md).
 *
 * It holds for the whole process, so programs call it once when they start, and libraries leave it alone. Says whether
 * it was done.
 */
export function weighBuffersWithHeap(v8Version: string = process.versions.v8): boolean {
  if (!(Number.parseInt(v8Version, 10) >= SINCE_V8)) return false
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  return true
}
