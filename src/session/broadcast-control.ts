import type { PeerId } from '../ids.ts'
import type { BroadcastOptions } from '../options.ts'

/** What is known of a connected peer that nobody named, and that did not say it has the block. */
export interface Bystander {
  /** It sent, or said it has, something that was asked of it; before this connection counts as well. */
  readonly answered: boolean
  /** On this machine, on a private network, or of unknown address. */
  readonly isLocal: boolean
  /** Its owner and ours want the two to stay connected. */
  readonly isPeered: boolean
  /** Something is about to be sent to it anyway. */
  readonly isPending: boolean
}

/** May a bystander be asked for whatever is not known to be anywhere? Kubo's rules, and its names. */
export function isTarget(bystander: Bystander, options: BroadcastOptions): boolean {
  if (!options.enabled || bystander.answered) return true
  if (bystander.isLocal && !options.localPeers) return true
  if (bystander.isPeered && !options.peeredPeers) return true
  return bystander.isPending && options.sendToPendingPeers
}

/** Which bystanders are asked for a block that nobody is known to have. Asked anew each time: peers change. */
export class BroadcastControl {
  readonly #options: BroadcastOptions
  readonly #known: (peer: PeerId) => Bystander
  #skips = 0

  constructor(options: BroadcastOptions, known: (peer: PeerId) => Bystander) {
    this.#options = options
    this.#known = known
  }

  isTarget(peer: PeerId): boolean {
    const isAsked = !this.#options.enabled || isTarget(this.#known(peer), this.#options)
    if (!isAsked) this.#skips++
    return isAsked
  }

  /** Times that a peer was none. */
  get skips(): number {
    return this.#skips
  }

  /** Most peers asked. */
  get maxPeers(): number {
    const { enabled, maxPeers } = this.#options
    return enabled && maxPeers >= 0 ? maxPeers : Infinity
  }

  /** Of those that are no targets, how many are asked all the same. */
  get maxRandomPeers(): number {
    return this.#options.maxRandomPeers
  }
}
