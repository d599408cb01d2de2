import type { Command, Option } from 'commander'
import { isYes } from './yes-or-no.ts'

/**
 * Lets every flag be given as `--x=true` or `--x=false` too, as scripts give it to Kubo's program: the words of a command
 * line as they would stand without that. Throws `InvalidParametersError` for a value that is neither.
 */
export function readBooleans(words: readonly string[], program: Command): readonly string[] {
  const chain = [program]
  let result: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') return [...result, ...words.slice(at)]
    const [, name = word, value] = /^(--[^=]+|-\w)=(.*)$/su.exec(word) ?? []
    const option = name.startsWith('-') ? findOption(chain, name) : undefined
    if (option === undefined) {
      const child = chain.at(-1)?.commands.find((one) => one.name() === word)
      if (child !== undefined) chain.push(child)
      result.push(word)
    } else if (!option.isBoolean() && !option.negate) {
      result.push(word)
      // What follows is its value, whatever it looks like.
      if (option.required && value === undefined) result.push(...words.slice(++at, at + 1))
    } else if (value === undefined || isYes(value)) result.push(name)
    else result = withoutFlag(result, option, findOption(chain, opposite(option)))
  }
  return result
}

/** The option of this name that the last of these commands takes. */
export function findOption(chain: readonly Command[], name: string): Option | undefined {
  return chain
    .toReversed()
    .flatMap(({ options }) => options)
    .find((option) => option.long === name || option.short === name)
}

function opposite({ long = '', negate }: Option): string {
  return negate ? long.replace('--no-', '--') : long.replace('--', '--no-')
}

/** The last word on a flag is the one that counts. */
function withoutFlag(words: readonly string[], { long, short }: Option, other: Option | undefined): string[] {
  const kept = words.filter((word) => word !== long && word !== short)
  return other?.long === undefined ? kept : [...kept, other.long]
}
