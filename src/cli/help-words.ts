import type { Command } from 'commander'
import { findOption } from './boolean-flags.ts'

/**
 * Lets help be asked for in front, too: `help pin ls` stands for `pin ls --help`. A word that is no command is refused as
 * it is where no help was asked for, instead of answered with the help of what it would stand in.
 */
export function readHelp(words: readonly string[], program: Command): readonly string[] {
  const chain = [program]
  const kept: string[] = []
  let isAsked = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const option = word.startsWith('-') ? findOption(chain, word) : undefined
    const group = chain.at(-1)
    // From here on there are no commands any more: all that follows is what the last one takes.
    if (word === '--' || group === undefined || group.commands.length === 0)
      return ended(kept, words.slice(at), isAsked)
    const child = group.commands.find((one) => one.name() === word)
    if (child !== undefined) chain.push(child)
    else if (word === 'help' && group.registeredArguments.length === 0) {
      isAsked = true
      continue
    } else if (!word.startsWith('-')) {
      return group.registeredArguments.length === 0
        ? [...kept, ...words.slice(at)].filter((one) => !HELP_FLAGS.has(one))
        : ended(kept, words.slice(at), isAsked)
    }
    kept.push(word)
    if (option?.required === true) kept.push(...words.slice(++at, at + 1))
  }
  return ended(kept, [], isAsked)
}

const HELP_FLAGS: ReadonlySet<string> = new Set(['--help', '-h'])

function ended(kept: readonly string[], rest: readonly string[], isAsked: boolean): readonly string[] {
  return [...kept, ...(isAsked ? ['--help'] : []), ...rest]
}
