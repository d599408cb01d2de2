import { quote } from './command-prefix.ts'

/** A text whose commands, in quotes, are for the repo that was named, as they must be typed. */
export function namedCommands(text: string, repoDir: string | undefined): string {
  if (repoDir === undefined) return text
  return text.replace(/(["'`])barter (?=[a-z])/gu, (_, mark: string) => `${mark}barter --repo-dir ${quote(repoDir)} `)
}
