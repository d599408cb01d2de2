import type { Clock, Timer } from '../../ports.ts'

export interface LonelyWatchParts {
  readonly clock: Pick<Clock, 'setTimer'>
  readonly connectedPeers: () => number
  /** Of the key of the swarm, as others can compare it with theirs. */
  readonly fingerprint: string
  readonly warn: (message: string) => void
}

/** Time enough for a bootstrap peer to be dialled some times. */
const LONELY_AFTER_MS = 60_000

/**
 * Tells the owner of a private swarm once when nobody was found in it: peers with another key, or none, are strangers, who
 * hang up without a word, and the public network helps no one into it.
 */
export class LonelyWatch {
  readonly #parts: LonelyWatchParts
  #timer: Timer | undefined

  constructor(parts: LonelyWatchParts) {
    this.#parts = parts
  }

  start(): void {
    const { clock, connectedPeers, fingerprint, warn } = this.#parts
    this.#timer = clock.setTimer(LONELY_AFTER_MS, () => {
      if (connectedPeers() > 0) return
      warn(
        `no peer of the private swarm is connected after ${LONELY_AFTER_MS / 1_000} s: check that Bootstrap or ` +
          'Peering.Peers names one that runs and can be reached from here, and that its swarm.key is the same: ' +
          `the fingerprint of this one is ${fingerprint}`
      )
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
