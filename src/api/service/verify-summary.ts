import { DAMAGE_ADVICE, DROP_ADVICE } from './damage-advice.ts'
import type { VerifyEvent, VerifyOptions } from './content-service.ts'

export type Damage = Extract<VerifyEvent, { type: 'damaged' }>
export type Outcome = Damage['outcome']

const ENDINGS: Readonly<Record<Outcome, string>> = {
  kept: '',
  removed: ', removed',
  healed: ', removed and healed',
  lost: ', removed, failed to heal',
  unreadable: ', kept'
}

export function isOutcome(text: string): text is Outcome {
  return Object.hasOwn(ENDINGS, text)
}

/** A damaged block in words, Kubo's as far as it has them. For people: programs have its members. */
export function damageText({ cid, outcome, reason, quarantine }: Damage): string {
  const what = outcome === 'unreadable' ? 'cannot be read' : 'was corrupt'
  const ending = quarantine === undefined ? ENDINGS[outcome] : `, moved to quarantine (${quarantine}), failed to heal`
  return `block ${cid} ${what} (${reason})${ending}`
}

/** What a check of every block came to. */
export class VerifySummary {
  readonly #asked: Pick<VerifyOptions, 'drop' | 'heal'>
  readonly #counts: Record<Outcome, number> = { kept: 0, removed: 0, healed: 0, lost: 0, unreadable: 0 }
  #apart = 0

  /** `asked`: what was to become of what is damaged. */
  constructor(asked: Pick<VerifyOptions, 'drop' | 'heal'> = {}) {
    this.#asked = asked
  }

  add({ outcome, quarantine }: Damage): void {
    this.#counts[outcome] += 1
    if (quarantine !== undefined) this.#apart += 1
  }

  /** Something damaged is left, or gone for good. Who asked for it to be removed, or healed, got what was asked for. */
  get isFailure(): boolean {
    const { kept, lost, unreadable } = this.#counts
    return kept + lost + unreadable > 0
  }

  /** Something is here no more, and was not fetched again. */
  get hasDropped(): boolean {
    return this.#asked.drop === true && this.#counts.removed > 0
  }

  /** What to do about it, for the command line; undefined where nothing is left to do. */
  get advice(): string | undefined {
    const { kept, lost, unreadable } = this.#counts
    const { drop = false, heal = false } = this.#asked
    if (lost > 0) return `connect to a peer that has it, and run it again; ${DROP_ADVICE}`
    if (kept > 0 && (drop || heal)) return 'run it again when what is in use has been added or pinned'
    if (kept > 0) return DAMAGE_ADVICE
    return unreadable > 0 ? 'look at the disk, and at who may read the files' : undefined
  }

  get text(): string {
    const { kept, removed, healed, lost, unreadable } = this.#counts
    const gone = removed + healed + lost
    const parts = [
      // Kubo's words, of one as well: scripts look for them.
      [kept + gone, 'blocks corrupt'],
      [gone - this.#apart, 'removed'],
      [this.#apart, 'moved to quarantine'],
      [healed, 'healed'],
      [lost, 'failed to heal'],
      [unreadable, 'cannot be read']
    ] as const
    const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
    return told.length === 0 ? 'verify complete, all blocks validated.' : `verify complete, ${told.join(', ')}`
  }
}
