/** What a peer does for its owner about other peers: who gets what, how fast, and who is trusted. Texts in, values out. */
import type { PeerRates, PolicyRule, RateLimits, TrustView } from '../../exchange.ts'
import type { MaybePromise } from '../../ports.ts'

/** What a rule is about: a peer id, a CID, or both. */
export interface RuleTexts {
  readonly peer?: string | undefined
  readonly cid?: string | undefined
}

export interface RuleInfo extends RuleTexts {
  readonly effect: PolicyRule['effect']
}

/** Limits of one peer; undefined: as for each. */
export interface PeerLimitsInfo extends PeerRates {
  readonly peer: string
}

export interface LimitsInfo extends RateLimits {
  /** Peers that have limits of their own. */
  readonly peers: readonly PeerLimitsInfo[]
}

export type TrustInfo = Omit<TrustView, 'peer'> & { readonly peer: string }

export interface BanOptions {
  /** A quarter of an hour if left out. */
  readonly forMs?: number | undefined
  readonly reason?: string | undefined
}

export interface PolicyService {
  rules(): MaybePromise<readonly RuleInfo[]>
  /** Makes a rule, which is kept for the next start. Returns all of them. */
  allow(target: RuleTexts): Promise<readonly RuleInfo[]>
  deny(target: RuleTexts): Promise<readonly RuleInfo[]>
  /** Takes the rule on exactly this back. Rejects with `NotFoundError` when there is none. */
  remove(target: RuleTexts): Promise<readonly RuleInfo[]>
  limits(): MaybePromise<LimitsInfo>
  /** Changes those that are given, until the next start. Returns all of them. */
  limit(limits: Partial<RateLimits>): MaybePromise<LimitsInfo>
  /** Gives a peer limits of its own, until the next start; without any it is as every other. Returns all of them. */
  limitPeer(peer: string, rates: PeerRates): MaybePromise<LimitsInfo>
  /** What is known of a peer, or of all; those trusted most come first. */
  trust(peer?: string): MaybePromise<readonly TrustInfo[]>
  ban(peer: string, options?: BanOptions): MaybePromise<TrustInfo>
  /** Rejects with `NotFoundError` when the peer is not banned. */
  unban(peer: string): MaybePromise<TrustInfo>
}
