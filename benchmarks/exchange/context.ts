import type { Line, Series } from './line.ts'

/** What the user asked of the run. */
export interface Settings {
  readonly rounds: number
  /** Smaller sizes: to see that it works, not how fast. */
  readonly quick: boolean
  /** Only one small block before the clock starts: the first seconds of a process, in place of its later ones. */
  readonly cold: boolean
  readonly deadlineMs: number
  /** Where profiles of Barter's processes go. */
  readonly profiles: string | undefined
  /** Tells of progress. */
  readonly say: (text: string) => void
}

/** Lines that are measured together. */
export interface Group {
  readonly name: string
  readonly about: string
  run(settings: Settings): Promise<readonly Line[]>
}

/** One contender of a group: measures a figure (or several) in processes of its own. */
export type Contender<F> = (round: number) => Promise<F>

export interface Rounds<F> {
  readonly figures: readonly F[]
  readonly error?: string | undefined
}

/** All contenders in turn, round by round: a noisy minute hits them alike. One that failed is not asked again. */
export async function interleave<F, Name extends string>(
  settings: Settings,
  group: string,
  contenders: Readonly<Record<Name, Contender<F>>>
): Promise<Readonly<Record<Name, Rounds<F>>>> {
  const names = Object.keys(contenders) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, { figures: [] as F[], error: undefined }])) as Record<
    Name,
    { figures: F[]; error: string | undefined }
  >
  for (let round = 0; round < settings.rounds; round++) {
    for (const name of names) {
      const result = results[name]
      if (result.error !== undefined) continue
      settings.say(`${group}: ${name}, round ${round + 1} of ${settings.rounds}`)
      try {
        result.figures.push(await contenders[name](round))
      } catch (error) {
        result.error = error instanceof Error ? error.message : String(error)
        settings.say(`${group}: ${name} failed: ${result.error}`)
      }
    }
  }
  return results
}

/** One number of each round's figures. */
export function series<F>({ figures, error }: Rounds<F>, pick: (figure: F) => number): Series {
  return { rounds: figures.map(pick), error }
}
