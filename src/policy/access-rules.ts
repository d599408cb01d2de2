import type { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../errors.ts'
import type { ExchangePolicy, PolicyFunction, PolicyRule, RuleTarget, Verdict } from '../exchange.ts'
import { cidKey, toPeerId, type CidKey, type PeerId, type PeerIdLike } from '../ids.ts'

type Effect = PolicyRule['effect']

interface CidRule {
  readonly cid: CID
  readonly effect: Effect
}

export interface AccessHooks {
  /** This peer, which cannot be denied. */
  readonly self?: PeerId | undefined
  /**
   * Asked for each want that no rule denies, but where a rule allows this very CID to this very peer. Without it those wants
   * are served.
   */
  readonly decide?: PolicyFunction | undefined
  /** A rule came or went. */
  readonly changed: () => void
  /** `decide` threw: the want is denied. */
  readonly failed: (error: unknown) => void
}

/**
 * The owner's rules: whom to deal with, and what to serve to whom. Looking a want up takes the same time however many
 * rules there are. See `ExchangePolicy` for what they mean.
 */
export class AccessRules implements ExchangePolicy {
  /** Times a want was denied: for who asked, or for what. */
  readonly denials = { peer: 0, cid: 0 }
  readonly #hooks: AccessHooks
  /** Bounded: by the owner, who makes the rules. */
  readonly #peers = new Map<PeerId, Effect>()
  /** Bounded: by the owner. */
  readonly #cids = new Map<CidKey, CidRule>()
  /** Bounded: by the owner. */
  readonly #pairs = new Map<PeerId, Map<CidKey, CidRule>>()
  #allowedPeers = 0
  #allowedCids = 0

  constructor(hooks: AccessHooks) {
    this.#hooks = hooks
  }

  admits(peer: PeerIdLike): boolean {
    return this.#peers.get(toPeerId(peer)) !== 'deny'
  }

  serves(cid: CID): boolean {
    if (this.#allowedPeers > 0 || this.#hooks.decide !== undefined) return false
    return this.#cids.size === 0 || this.#servesKey(cidKey(cid))
  }

  /** What a want is answered with. `key` is that of `cid`, which is only read where a function decides: it may have to be made. */
  verdict(peer: PeerId, want: { readonly cid: CID; readonly key: CidKey }): Verdict {
    const { key } = want
    if (this.#peers.size > 0 && this.#peers.get(peer) === 'deny') return this.#denied('peer', 'silent')
    const pair = this.#pairs.size > 0 ? this.#pairs.get(peer)?.get(key) : undefined
    if (pair !== undefined) return pair.effect === 'allow' ? 'serve' : this.#denied('cid')
    if (this.#cids.size > 0 && !this.#servesKey(key)) return this.#denied('cid')
    if (this.#allowedPeers > 0 && !this.#peers.has(peer)) return this.#denied('peer')
    return this.#hooks.decide === undefined ? 'serve' : this.#ask(this.#hooks.decide, peer, want.cid)
  }

  allow(target: RuleTarget): void {
    this.#set(target, 'allow')
  }

  deny(target: RuleTarget): void {
    this.#set(target, 'deny')
  }

  remove(target: RuleTarget): boolean {
    return this.#set(target, undefined)
  }

  rules(): readonly PolicyRule[] {
    const rules: PolicyRule[] = []
    for (const [peer, effect] of this.#peers) rules.push({ effect, peer })
    for (const { effect, cid } of this.#cids.values()) rules.push({ effect, cid })
    for (const [peer, cids] of this.#pairs) {
      for (const { effect, cid } of cids.values()) rules.push({ effect, peer, cid })
    }
    return rules
  }

  /** Makes a rule, or takes it back. False when nothing changed. */
  #set({ peer: named, cid }: RuleTarget, effect: Effect | undefined): boolean {
    const peer = named === undefined ? undefined : toPeerId(named)
    if (peer === undefined && cid === undefined) {
      throw new InvalidParametersError('a rule of the policy needs a peer, a CID, or both')
    }
    if (effect === 'deny' && peer !== undefined && peer === this.#hooks.self) {
      throw new InvalidParametersError(`${peer} is this peer itself, which cannot be denied`)
    }
    const changed = cid === undefined ? this.#setPeer(peer, effect) : this.#setCid(peer, cid, effect)
    if (changed) this.#hooks.changed()
    return changed
  }

  #setPeer(peer: PeerId | undefined, effect: Effect | undefined): boolean {
    if (peer === undefined) return false
    const before = this.#peers.get(peer)
    if (before === effect) return false
    this.#allowedPeers += Number(effect === 'allow') - Number(before === 'allow')
    if (effect === undefined) this.#peers.delete(peer)
    else this.#peers.set(peer, effect)
    return true
  }

  #setCid(peer: PeerId | undefined, cid: CID, effect: Effect | undefined): boolean {
    const key = cidKey(cid)
    const cids = peer === undefined ? this.#cids : this.#pairs.get(peer)
    const before = cids?.get(key)?.effect
    if (before === effect) return false
    if (peer === undefined) this.#allowedCids += Number(effect === 'allow') - Number(before === 'allow')
    const changed = cids ?? new Map<CidKey, CidRule>()
    if (effect === undefined) changed.delete(key)
    else changed.set(key, { cid, effect })
    if (peer !== undefined && changed.size === 0) this.#pairs.delete(peer)
    else if (peer !== undefined) this.#pairs.set(peer, changed)
    return true
  }

  /** As far as rules on CIDs say. */
  #servesKey(key: CidKey): boolean {
    const effect = this.#cids.get(key)?.effect
    return effect === 'allow' || (effect === undefined && this.#allowedCids === 0)
  }

  #denied(by: keyof AccessRules['denials'], verdict: Verdict = 'dont-have'): Verdict {
    this.denials[by]++
    return verdict
  }

  #ask(decide: PolicyFunction, peer: PeerId, cid: CID): Verdict {
    try {
      const verdict = decide(peer, cid)
      if (verdict === 'serve') return verdict
      return this.#denied('cid', verdict === 'silent' ? 'silent' : 'dont-have')
    } catch (error) {
      this.#hooks.failed(error)
      return this.#denied('cid')
    }
  }
}
