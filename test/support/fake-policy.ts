import type {
  BanOptions,
  LimitsInfo,
  PolicyService,
  RuleInfo,
  RuleTexts,
  TrustInfo
} from '../../src/api/service/policy-service.ts'
import type { PeerRates, RateLimits } from '../../src/exchange.ts'

const PEER = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'
const CID_TEXT = 'bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'

const TRUST: TrustInfo = {
  peer: PEER,
  score: 0.75,
  delivered: 12.5,
  brokenPromises: 1,
  mismatches: 0.5,
  latencyMs: 12,
  bytesPerSecond: undefined,
  bytesSent: 1,
  bytesReceived: 2,
  debtRatio: 0.5,
  worth: 30,
  strikes: 1,
  banned: undefined
}

/** Rules, limits and trust with fixed answers; what was asked is written down. */
export class FakePolicy implements PolicyService {
  readonly #note: (...call: unknown[]) => void

  constructor(note: (...call: unknown[]) => void) {
    this.#note = note
  }

  rules(): readonly RuleInfo[] {
    return [
      { effect: 'deny', peer: PEER, cid: undefined },
      { effect: 'allow', peer: undefined, cid: CID_TEXT }
    ]
  }

  allow({ peer, cid }: RuleTexts): Promise<readonly RuleInfo[]> {
    this.#note('allow', peer, cid)
    return Promise.resolve(this.rules())
  }

  deny({ peer, cid }: RuleTexts): Promise<readonly RuleInfo[]> {
    this.#note('deny', peer, cid)
    return Promise.resolve(this.rules())
  }

  remove({ peer, cid }: RuleTexts): Promise<readonly RuleInfo[]> {
    this.#note('remove', peer, cid)
    return Promise.resolve(this.rules())
  }

  limits(): LimitsInfo {
    return this.limit({})
  }

  limit(limits: Partial<RateLimits>): LimitsInfo {
    this.#note('limit', limits)
    return { upload: 1, download: 2, uploadPerPeer: 3, downloadPerPeer: 4, ...limits, peers: [] }
  }

  limitPeer(peer: string, rates: PeerRates): LimitsInfo {
    this.#note('limitPeer', peer, rates)
    return { ...this.limits(), peers: [{ peer, ...rates }] }
  }

  trust(peer?: string): readonly TrustInfo[] {
    this.#note('trust', peer)
    return [{ ...TRUST, peer: peer ?? PEER }]
  }

  ban(peer: string, { forMs, reason }: BanOptions = {}): TrustInfo {
    this.#note('ban', peer, forMs, reason)
    return { ...TRUST, peer, banned: { reason: reason ?? 'by hand', leftMs: forMs ?? 900_000 } }
  }

  unban(peer: string): TrustInfo {
    this.#note('unban', peer)
    return { ...TRUST, peer }
  }
}
