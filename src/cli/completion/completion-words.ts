import type { Argument, Option } from 'commander'
import type { CommandPlace } from '../whole-program.ts'

/** One word that may come next, and what it means. */
export interface NextWord {
  readonly word: string
  readonly meaning: string
}

/** An option that takes a value. */
export interface ValueOption {
  /** Such as `--type` and `-t`. */
  readonly names: readonly string[]
  /** What it may be; empty for what cannot be listed. */
  readonly values: readonly string[]
}

/** What may come after the words of a command. */
export interface CompletionPlace {
  /** The words of the command with blanks between them; empty for the program. */
  readonly path: string
  readonly commands: readonly NextWord[]
  readonly options: readonly NextWord[]
  /** Options of the command itself whose values follow them; for the program, those of every command. */
  readonly valueOptions: readonly ValueOption[]
  /** What each argument may be, in their order; nothing for what cannot be listed. */
  readonly arguments: readonly (readonly string[])[]
}

/**
 * Values of what takes any, by command and option or argument, such as `add --hash` and `config key`. What takes some only
 * says so itself.
 */
export type ValueSets = Readonly<Record<string, readonly string[]>>

/** What may be typed where. Every command takes the options of the program. */
export function completionPlaces(places: readonly CommandPlace[], sets: ValueSets): readonly CompletionPlace[] {
  const program = places[0]
  if (program === undefined) return []
  const common = optionsOf(program)
  return places.map((place) => {
    const path = place.words.join(' ')
    return {
      path,
      commands: place.command.commands.map((child) => ({ word: child.name(), meaning: child.summary() })),
      options: [...(place === program ? [] : optionsOf(place)), ...common],
      valueOptions: place.command.options
        .filter(({ required }) => required)
        .map((option) => ({ names: namesOf(option), values: valuesOf(option, `${path} ${option.long ?? ''}`, sets) })),
      arguments: place.command.registeredArguments.map((one) => valuesOf(one, `${path} ${one.name()}`, sets))
    }
  })
}

function optionsOf({ command }: CommandPlace): readonly NextWord[] {
  const own = command.options
    .filter(({ hidden, long }) => !hidden && long !== undefined)
    .map(({ long, description }) => ({ word: long ?? '', meaning: description }))
  return own
}

function namesOf({ long, short }: Option): readonly string[] {
  return [long, short].filter((name) => name !== undefined)
}

function valuesOf({ argChoices }: Option | Argument, key: string, sets: ValueSets): readonly string[] {
  return argChoices ?? (Object.hasOwn(sets, key) ? sets[key] : undefined) ?? []
}
