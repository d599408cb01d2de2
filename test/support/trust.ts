import { DEFAULT_OPTIONS, type TrustOptions } from '../../src/options.ts'
import type { PeerId } from '../../src/ids.ts'
import type { Clock, TrustStore } from '../../src/ports.ts'
import type { Measure } from '../../src/trust/trust.ts'
import { TrustBook, type Account } from '../../src/trust/trust-book.ts'
import { RecordingLogger } from './recording-logger.ts'

export interface TestTrust {
  readonly options?: Partial<TrustOptions>
  readonly store?: TrustStore
  readonly accounts?: ReadonlyMap<PeerId, Account>
  readonly measures?: ReadonlyMap<PeerId, Measure>
  readonly changed?: (peer: PeerId) => void
}

/** A book of trust with everything around it in the hands of the test. */
export function trustBook(clock: Clock, test: TestTrust = {}): TrustBook {
  const parts = {
    store: test.store,
    clock,
    logger: new RecordingLogger(),
    accounts: { get: (peer: PeerId) => test.accounts?.get(peer) },
    measure: (peer: PeerId) => test.measures?.get(peer),
    changed: test.changed ?? (() => undefined)
  }
  return new TrustBook(parts, { ...DEFAULT_OPTIONS.trust, ...test.options })
}
