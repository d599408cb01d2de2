import type { CommandPlace } from '../whole-program.ts'

/** One word that may come next, and what it means. */
export interface NextWord {
  readonly word: string
  readonly meaning: string
}

/** What may come after the words of a command. */
export interface CompletionPlace {
  /** The words of the command with blanks between them; empty for the program. */
  readonly path: string
  readonly commands: readonly NextWord[]
  readonly options: readonly NextWord[]
}

/** What may be typed where. Every command takes the options of the program. */
export function completionPlaces(places: readonly CommandPlace[]): readonly CompletionPlace[] {
  const program = places[0]
  if (program === undefined) return []
  const common = optionsOf(program)
  return places.map((place) => ({
    path: place.words.join(' '),
    commands: place.command.commands.map((child) => ({ word: child.name(), meaning: child.summary() })),
    options: [...(place === program ? [] : optionsOf(place)), ...common]
  }))
}

function optionsOf({ command }: CommandPlace): readonly NextWord[] {
  const own = command.options
    .filter(({ hidden, long }) => !hidden && long !== undefined)
    .map(({ long, description }) => ({ word: long ?? '', meaning: description }))
  return own
}
