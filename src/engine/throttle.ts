import type { PeerId } from '../ids.ts'
import type { Clock, Timer } from '../ports.ts'
import type { Partner } from './partner.ts'

/** How fast blocks may leave, in all and to each partner. Times are those of the clock, in milliseconds. */
export interface UploadRate {
  /** Is there any limit at all? */
  readonly isLimited: boolean
  /** All partners share one limit. */
  readonly isShared: boolean
  /** Most bytes that should leave in one message, so that a limit is felt as a slow flow and not as gulps. */
  readonly quantum: number
  /** When something may leave again, to anybody; not later than `now` if it may at once. */
  readyAt(now: number): number
  /** The same for one peer, whatever holds for all. */
  peerReadyAt(peer: PeerId, now: number): number
  take(peer: PeerId, bytes: number, now: number): void
  giveBack(peer: PeerId, bytes: number): void
  forget(peer: PeerId): void
}

export interface ThrottleParts {
  readonly rate: UploadRate | undefined
  readonly clock: Clock
  /** This partner may be served again. */
  readonly changed: (partner: Partner) => void
  /** Anybody may be served again. */
  readonly free: () => void
}

/**
 * Makes the engine wait for its limits of pace. A partner that used up its own limit is out of the row until it may have
 * more, and so in nobody's way; when the limit of all is used up, the row stands still, and keeps its order.
 */
export class Throttle {
  readonly #parts: ThrottleParts
  /** Bounded: partners. Those that wait for their own limit. */
  readonly #held = new Set<Partner>()
  #timer: Timer | undefined
  #timerAt = Infinity

  constructor(parts: ThrottleParts) {
    this.#parts = parts
  }

  get isShared(): boolean {
    return this.#parts.rate?.isShared === true
  }

  get quantum(): number {
    return this.#parts.rate?.isLimited === true ? this.#parts.rate.quantum : Infinity
  }

  /** May anything leave now? If not, it is looked at again when it may. */
  isOpen(now: number): boolean {
    const { rate } = this.#parts
    if (rate?.isLimited !== true) return true
    const at = rate.readyAt(now)
    if (at > now) this.#arm(at, now)
    return at <= now
  }

  /** May anything leave to this partner now, as far as its own limit goes? */
  isOpenFor(partner: Partner, now: number): boolean {
    const { rate } = this.#parts
    if (rate?.isLimited !== true) return true
    const at = rate.peerReadyAt(partner.peer, now)
    if (at <= now) return true
    this.#held.add(partner)
    this.#arm(at, now)
    return false
  }

  take(partner: Partner, bytes: number): void {
    const { rate, clock } = this.#parts
    if (rate?.isLimited === true) rate.take(partner.peer, bytes, clock.now())
  }

  giveBack(partner: Partner, bytes: number): void {
    if (bytes > 0) this.#parts.rate?.giveBack(partner.peer, bytes)
  }

  forget(partner: Partner): void {
    this.#held.delete(partner)
    this.#parts.rate?.forget(partner.peer)
  }

  /** The limits are others now. */
  changed(): void {
    this.#wake()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAt = Infinity
    this.#held.clear()
  }

  #arm(at: number, now: number): void {
    if (at >= this.#timerAt) return
    this.#timer?.cancel()
    this.#timerAt = at
    this.#timer = this.#parts.clock.setTimer(Math.max(1, at - now), () => this.#wake())
  }

  /** Whoever still has to wait is held again when it is looked at. */
  #wake(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAt = Infinity
    const held = [...this.#held]
    this.#held.clear()
    for (const partner of held) this.#parts.changed(partner)
    this.#parts.free()
  }
}
