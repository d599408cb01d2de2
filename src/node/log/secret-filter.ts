import { dropOldest } from '../../drop-oldest.ts'

/** A text shorter than this is no secret, but may be a word. */
const SHORTEST_SECRET = 8
export const MAX_FORMER_SECRETS = 256

/** Takes secrets out of texts: all that are in use now, and the last of those that were. */
export class SecretFilter {
  /** By who has them. Bounded: by the owner of this peer, in whose config and files they are. */
  readonly #inUse = new Map<string, ReadonlySet<string>>()
  /** Replaced since, oldest first. Bounded: `MAX_FORMER_SECRETS`. */
  readonly #former = new Set<string>()
  /** All of both; the longest first, for a shorter one may be a part of it. Bounded: as they are. */
  #hidden: readonly string[] = []

  /** What somebody has now, in the place of what they had. */
  hide(whose: string, secrets: Iterable<string>): void {
    const before = this.#inUse.get(whose) ?? new Set()
    const now = new Set([...secrets].filter((secret) => secret.length >= SHORTEST_SECRET))
    this.#inUse.set(whose, now)
    for (const secret of before) if (!now.has(secret)) this.#remember(secret)
    const all = new Set([...[...this.#inUse.values()].flatMap((some) => [...some]), ...this.#former])
    this.#hidden = [...all].toSorted((a, b) => b.length - a.length)
  }

  clean(text: string): string {
    return this.#hidden.reduce(
      (rest, secret) => (rest.includes(secret) ? rest.replaceAll(secret, '[secret]') : rest),
      text
    )
  }

  #remember(secret: string): void {
    this.#former.delete(secret)
    this.#former.add(secret)
    dropOldest(this.#former, MAX_FORMER_SECRETS)
  }
}
