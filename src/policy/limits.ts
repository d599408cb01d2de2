import { InvalidParametersError } from '../errors.ts'
import type { ExchangeLimits, PeerRateLimits, PeerRates, RateLimits } from '../exchange.ts'
import { toPeerId, type PeerIdLike } from '../ids.ts'
import { checkLimits } from './check-limits.ts'
import { excessLimits } from './excess-limits.ts'
import { RateLimit } from './rate-limit.ts'

/** The limits of pace, both ways, as their owner sees and changes them. */
export class Limits implements ExchangeLimits {
  readonly upload = new RateLimit()
  readonly download = new RateLimit()
  readonly #now: () => number
  readonly #changed: () => void

  /** Throws `InvalidParametersError` that names the option which contradicts another. */
  constructor(limits: RateLimits, now: () => number, changed: () => void) {
    this.#now = now
    this.#changed = changed
    checkOptions(limits)
    this.#apply(limits)
  }

  get(): RateLimits {
    const { upload, download } = this
    return {
      upload: upload.rates.total,
      download: download.rates.total,
      uploadPerPeer: upload.rates.perPeer,
      downloadPerPeer: download.rates.perPeer
    }
  }

  /** All of them or, if one is wrong, none. */
  set(given: Partial<RateLimits>): void {
    const now = this.get()
    const rates: RateLimits = {
      upload: given.upload ?? now.upload,
      download: given.download ?? now.download,
      uploadPerPeer: given.uploadPerPeer ?? now.uploadPerPeer,
      downloadPerPeer: given.downloadPerPeer ?? now.downloadPerPeer
    }
    checkLimits({ rates, peers: this.ofPeers() })
    this.#apply(rates)
    this.#changed()
  }

  ofPeers(): readonly PeerRateLimits[] {
    const { upload, download } = this
    const peers = new Set([...upload.owners(), ...download.owners()])
    return Array.from(peers, (peer) => ({ peer, upload: upload.own(peer), download: download.own(peer) }))
  }

  /** Both of them or, if one is wrong, none. */
  setPeer(named: PeerIdLike, { upload, download }: PeerRates): void {
    const peer = toPeerId(named)
    checkLimits({ rates: this.get(), peers: [{ peer, upload, download }] })
    if (upload !== undefined) this.upload.checkRoom(peer)
    if (download !== undefined) this.download.checkRoom(peer)
    this.upload.setOwn(peer, upload, this.#now())
    this.download.setOwn(peer, download, this.#now())
    this.#changed()
  }

  #apply({ upload, download, uploadPerPeer, downloadPerPeer }: RateLimits): void {
    this.upload.set({ total: upload, perPeer: uploadPerPeer }, this.#now())
    this.download.set({ total: download, perPeer: downloadPerPeer }, this.#now())
  }
}

/** Each by itself is a number: that is checked of every option. */
function checkOptions(limits: RateLimits): void {
  const [excess] = excessLimits(limits, [])
  if (excess === undefined) return
  const { way, most } = excess
  throw new InvalidParametersError(
    `option limits.${way}PerPeer is ${limits[`${way}PerPeer`]}: expected ${most} or less, which is limits.${way}`
  )
}
