import type {
  BanOptions,
  LimitsInfo,
  PolicyService,
  RuleInfo,
  RuleTexts,
  TrustInfo
} from '../../api/service/policy-service.ts'
import { InvalidParametersError, NotFoundError } from '../../errors.ts'
import type { Exchange, PeerRates, PolicyRule, RateLimits } from '../../exchange.ts'
import { toPeerId, type PeerId } from '../../ids.ts'
import { parseCid } from './parse-cid.ts'
import { withoutRule, withRule, type RulesEdit } from '../repo/kept-rules.ts'
import { parsePeer } from '../libp2p/swarm.ts'

export interface LocalPolicyParts {
  /** Throws when this process trades with nobody. */
  readonly exchange: () => Pick<Exchange, 'policy' | 'limits' | 'trust'>
  /** Makes the same change to the rules that are kept for the next start. */
  readonly save: (edit: RulesEdit) => Promise<void>
}

/** Rules, limits and trust of the exchange of this process. */
export class LocalPolicy implements PolicyService {
  readonly #parts: LocalPolicyParts

  constructor(parts: LocalPolicyParts) {
    this.#parts = parts
  }

  rules(): readonly RuleInfo[] {
    const rules = this.#parts.exchange().policy.rules()
    return rules.map(({ effect, peer, cid }) => ({ effect, peer, cid: cid?.toString() }))
  }

  async allow(target: RuleTexts): Promise<readonly RuleInfo[]> {
    return await this.#make({ effect: 'allow', ...parseTarget(target) })
  }

  async deny(target: RuleTexts): Promise<readonly RuleInfo[]> {
    return await this.#make({ effect: 'deny', ...parseTarget(target) })
  }

  async remove(target: RuleTexts): Promise<readonly RuleInfo[]> {
    const parsed = parseTarget(target)
    if (!this.#parts.exchange().policy.remove(parsed)) {
      throw new NotFoundError('there is no rule on exactly this: see `barter bitswap policy` for those there are')
    }
    return await this.#save(withoutRule(parsed))
  }

  limits(): LimitsInfo {
    const { limits } = this.#parts.exchange()
    return { ...limits.get(), peers: limits.ofPeers() }
  }

  limit(given: Partial<RateLimits>): LimitsInfo {
    this.#parts.exchange().limits.set(given)
    return this.limits()
  }

  limitPeer(peer: string, rates: PeerRates): LimitsInfo {
    this.#parts.exchange().limits.setPeer(parse(peer), rates)
    return this.limits()
  }

  trust(peer?: string): readonly TrustInfo[] {
    const { trust } = this.#parts.exchange()
    if (peer !== undefined) return [this.#of(parse(peer))]
    return trust.all().toSorted((a, b) => b.score - a.score || b.worth - a.worth)
  }

  ban(peer: string, { forMs, reason }: BanOptions = {}): TrustInfo {
    const id = parse(peer)
    const { trust } = this.#parts.exchange()
    trust.ban(id, { ...(forMs !== undefined && { forMs }), ...(reason !== undefined && { reason }) })
    return this.#of(id)
  }

  unban(peer: string): TrustInfo {
    const id = parse(peer)
    if (!this.#parts.exchange().trust.unban(id)) throw new NotFoundError(`peer ${peer} is not banned`)
    return this.#of(id)
  }

  #of(peer: PeerId): TrustInfo {
    const known = this.#parts.exchange().trust.of(peer)
    if (known === undefined)
      throw new NotFoundError(`nothing is known of peer ${peer}: it gave nothing, and broke no rule`)
    return known
  }

  async #make(rule: PolicyRule): Promise<readonly RuleInfo[]> {
    this.#parts.exchange().policy[rule.effect](rule)
    return await this.#save(withRule(rule))
  }

  async #save(edit: RulesEdit): Promise<readonly RuleInfo[]> {
    await this.#parts.save(edit)
    return this.rules()
  }
}

function parse(peer: string): PeerId {
  return toPeerId(parsePeer(peer))
}

function parseTarget({ peer, cid }: RuleTexts): Omit<PolicyRule, 'effect'> {
  if (peer === undefined && cid === undefined) throw new InvalidParametersError('a rule needs a peer, a CID, or both')
  return { peer: peer === undefined ? undefined : parse(peer), cid: cid === undefined ? undefined : parseCid(cid) }
}
