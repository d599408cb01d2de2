import type { ExchangeLimits, PeerRateLimits, PeerRates, RateLimits } from '../exchange.ts'
import { toPeerId, type PeerIdLike } from '../ids.ts'
import { RateLimit } from './rate-limit.ts'

/** The limits of pace, both ways, as their owner sees and changes them. */
export class Limits implements ExchangeLimits {
  readonly upload = new RateLimit()
  readonly download = new RateLimit()
  readonly #now: () => number
  readonly #changed: () => void

  constructor(limits: RateLimits, now: () => number, changed: () => void) {
    this.#now = now
    this.#changed = changed
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

  set(limits: Partial<RateLimits>): void {
    this.#apply(limits)
    this.#changed()
  }

  ofPeers(): readonly PeerRateLimits[] {
    const { upload, download } = this
    const peers = new Set([...upload.owners(), ...download.owners()])
    return Array.from(peers, (peer) => ({ peer, upload: upload.own(peer), download: download.own(peer) }))
  }

  setPeer(named: PeerIdLike, { upload, download }: PeerRates): void {
    const peer = toPeerId(named)
    this.upload.checkOwn(peer, upload)
    this.download.checkOwn(peer, download)
    this.upload.setOwn(peer, upload, this.#now())
    this.download.setOwn(peer, download, this.#now())
    this.#changed()
  }

  /** All of them or, if one is wrong, none. */
  #apply(limits: Partial<RateLimits>): void {
    const upload = this.upload.check({ total: limits.upload, perPeer: limits.uploadPerPeer })
    const download = this.download.check({ total: limits.download, perPeer: limits.downloadPerPeer })
    this.upload.set(upload, this.#now())
    this.download.set(download, this.#now())
  }
}
