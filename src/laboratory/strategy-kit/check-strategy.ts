import type { Strategy } from '../../engine/strategy.ts'
import { BrokenRule, KitEngine } from './kit-engine.ts'

export interface KitOptions {
  /** What the stories of the kit are made from. */
  readonly seed?: number
  /** Nobody may wait longer than this while others are served, unless the strategy says why. */
  readonly starvedMs?: number
}

/** What a strategy breaks of its contract. */
export interface Complaint {
  readonly rule:
    'says what it is' | 'chooses' | 'is work-conserving' | 'is deterministic' | 'starves nobody' | 'is quick'
  readonly what: string
}

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*(:[^\s]+)?$/
const BLOCK_BYTES = [64, 4_096, 65_536, 262_144, 2_097_152]
const CROWD = 8
const CROWD_MS = 10 * 60_000
const MANY = 1_000

/** Runs a strategy through the stories of the kit. Throws an `Error` with all that it breaks of its contract. */
export function checkStrategy(strategy: Strategy, options: KitOptions = {}): void {
  const complaints = complaintsAbout(strategy, options)
  if (complaints.length === 0) return
  const lines = complaints.map(({ rule, what }) => `- ${rule}: ${what}`)
  throw new Error(`the strategy ${strategy.name} breaks its contract (seed ${options.seed ?? 1}):\n${lines.join('\n')}`)
}

/**
 * What a strategy breaks of its contract: it chooses from those who wait, whoever comes and goes; serves while the uplink
 * is free, unless it `refuses`; makes the same choices from the same seed; leaves nobody waiting beyond a bound, unless
 * it `starves` or `refuses`; and needs a bounded number of looks for a turn. A loop that looks at nothing is not found.
 */
export function complaintsAbout(strategy: Strategy, { seed = 1, starvedMs = 60_000 }: KitOptions = {}): Complaint[] {
  const words = sayings(strategy)
  try {
    return [...words, ...market(strategy, seed), ...crowd(strategy, seed, starvedMs), ...multitude(strategy, seed)]
  } catch (error) {
    if (!(error instanceof BrokenRule)) throw error
    const isQuick = !error.message.includes('too often')
    return [...words, { rule: isQuick ? 'chooses' : 'is quick', what: error.message }]
  }
}

function sayings({ name, about, source, refuses, starves }: Strategy): Complaint[] {
  const says = (what: string): Complaint => ({ rule: 'says what it is', what })
  const words = Object.entries({ about, source, refuses: refuses ?? 'no', starves: starves ?? 'no' })
  return [
    ...(NAME.test(name) ? [] : [says(`its name is ${JSON.stringify(name)}: expected lower case, with hyphens`)]),
    ...words.filter(([, text]) => text.trim() === '').map(([field]) => says(`${field} is empty`))
  ]
}

/** Partners come, ask, give and leave; twice the same, which must end the same. */
function market(strategy: Strategy, seed: number): Complaint[] {
  const [first, second] = [runMarket(strategy, seed), runMarket(strategy, seed)]
  const place = first.choices.findIndex((choice, index) => choice !== second.choices[index])
  const complaints: Complaint[] = []
  if (place >= 0 || first.choices.length !== second.choices.length) {
    const what = `from one seed it chose ${first.choices[place]} and then ${second.choices[place]}, at turn ${place}`
    complaints.push({ rule: 'is deterministic', what })
  }
  if (first.pauses > 0 && strategy.refuses === undefined) {
    const turn = first.choices.findIndex((choice) => choice.startsWith('nobody'))
    const what = `at turn ${turn} it served nobody although the uplink was free, and does not say why in refuses`
    complaints.push({ rule: 'is work-conserving', what })
  }
  return complaints
}

function runMarket(strategy: Strategy, seed: number): KitEngine {
  const engine = new KitEngine(strategy, seed)
  const { random, partners } = engine
  for (let turn = 0; turn < 3_000; turn++) {
    const partner = partners[random.below(partners.length)]
    const happens = random.below(16)
    if (partner === undefined || (happens < 1 && partners.length < 12)) {
      const blockBytes = BLOCK_BYTES[random.below(BLOCK_BYTES.length)] ?? 4_096
      engine.asks(engine.come(`peer-${random.below(40)}-${turn}`, blockBytes), 1 + random.below(40))
    } else if (happens < 4) engine.asks(partner, random.below(30))
    else if (happens < 7) engine.gives(partner, random.below(1_000_000))
    else if (happens < 8 && random.below(4) === 0) engine.leaves(partner)
    engine.turn()
  }
  return engine
}

/** Some who want all they can get, of different kinds: one gives much, some a little, some nothing. */
function crowd(strategy: Strategy, seed: number, starvedMs: number): Complaint[] {
  const engine = new KitEngine(strategy, seed)
  for (let i = 0; i < CROWD; i++) engine.come(`peer-${i}`, BLOCK_BYTES[i % BLOCK_BYTES.length] ?? 4_096)
  while (engine.now < CROWD_MS) {
    for (const [place, partner] of engine.partners.entries()) {
      if (partner.facts.queuedTasks < 1_000) engine.asks(partner, 1_000 * (place + 1))
      if (place < 3 && engine.random.below(10) === 0) engine.gives(partner, 1_000_000 / (1 + 10 * place))
    }
    engine.turn()
  }
  const reason = strategy.starves ?? strategy.refuses
  if (engine.waitedMs <= starvedMs || reason !== undefined) return []
  const what = `a partner waited for ${Math.round(engine.waitedMs / 1_000)} s while others were served, and it does not say why in starves`
  return [{ rule: 'starves nobody', what }]
}

/** A thousand who wait; the engine bounds how often a turn looks at them. */
function multitude(strategy: Strategy, seed: number): Complaint[] {
  const engine = new KitEngine(strategy, seed)
  for (let i = 0; i < MANY; i++) engine.asks(engine.come(`peer-${i}`, 65_536), 10)
  for (let turn = 0; turn < 50; turn++) engine.turn()
  return []
}
