import type { ExchangePolicy, PolicyRule, RuleTarget } from '../../exchange.ts'
import { cidKey, toPeerId } from '../../ids.ts'
import { readSettings, updateConfig } from '../config/config.ts'
import { writePolicy } from '../config/policy-section.ts'

/** Makes a list of rules of another. */
export type RulesEdit = (rules: readonly PolicyRule[]) => readonly PolicyRule[]

export interface KeptRulesParts {
  /** As the config says at the start. */
  readonly initial: readonly PolicyRule[]
  /** Those of the program that made the peer. They go before the config, and are not written into it. */
  readonly own: readonly PolicyRule[]
  /** The config; without one, changes end with the process. */
  readonly file: string | undefined
}

/** The rules of the exchange that a config keeps, apart from those that a program made beside it. */
export class KeptRules {
  readonly #file: string | undefined
  readonly #own: ReadonlySet<string>
  #rules: readonly PolicyRule[]

  constructor({ initial, own, file }: KeptRulesParts) {
    this.#rules = initial
    this.#own = new Set(own.map(targetOf))
    this.#file = file
  }

  /** Makes a change, which holds already, to the config as that stands by then. */
  async save(edit: RulesEdit): Promise<void> {
    const file = this.#file
    if (file !== undefined) {
      await updateConfig(file, (source) => writePolicy(source, edit(readSettings(source, file).bitswap.rules)))
    }
    this.#rules = edit(this.#rules)
  }

  /** Makes other rules of the config hold: new ones first, so that nobody slips through between. */
  become(policy: ExchangePolicy, wanted: readonly PolicyRule[]): void {
    const [before, after] = [this.#byTarget(this.#rules), this.#byTarget(wanted)]
    this.#rules = wanted
    for (const [target, rule] of after) if (before.get(target)?.effect !== rule.effect) policy[rule.effect](rule)
    for (const [target, rule] of before) if (!after.has(target)) policy.remove(rule)
  }

  /** Of several on the same, the last one holds. */
  #byTarget(rules: readonly PolicyRule[]): ReadonlyMap<string, PolicyRule> {
    const entries = rules.map((rule) => [targetOf(rule), rule] as const)
    return new Map(entries.filter(([target]) => !this.#own.has(target)))
  }
}

/** In the place of one on the same. */
export function withRule(rule: PolicyRule): RulesEdit {
  const without = withoutRule(rule)
  return (rules) => [...without(rules), rule]
}

export function withoutRule(target: RuleTarget): RulesEdit {
  return (rules) => rules.filter((rule) => targetOf(rule) !== targetOf(target))
}

function targetOf({ peer, cid }: RuleTarget): string {
  return `${peer === undefined ? '' : toPeerId(peer)} ${cid === undefined ? '' : cidKey(cid)}`
}
