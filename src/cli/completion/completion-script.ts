import type { CompletionPlace, NextWord } from './completion-words.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/** A script that teaches a shell the commands and options of this program; after them come files. */
export function completionScript(shell: Shell, places: readonly CompletionPlace[]): string {
  switch (shell) {
    case 'bash':
      return bash(places)
    case 'zsh':
      return zsh(places)
    case 'fish':
      return fish(places)
  }
}

function bash(places: readonly CompletionPlace[]): string {
  return `# barter completion for bash. Try: source <(barter completion bash)
_barter() {
  local current="\${COMP_WORDS[COMP_CWORD]}" place="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${findPlace(places, '    ')}
  done
${wordsOf(places, '  ')}
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _barter barter
`
}

function zsh(places: readonly CompletionPlace[]): string {
  return `#compdef barter
# barter completion for zsh. Try: barter completion zsh > "\${fpath[1]}/_barter"
_barter() {
  local place="" word words_here=""
  for word in "\${(@)words[2,CURRENT-1]}"; do
${findPlace(places, '    ')}
  done
  local words=""
${wordsOf(places, '  ')}
  compadd -- \${=words} || _files
}
compdef _barter barter
`
}

/** Words that are no command of where one stands are arguments and values: they lead nowhere. */
function findPlace(places: readonly CompletionPlace[], indent: string): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => quote(path))
  return [
    `${indent}case "\${place:+$place }$word" in`,
    `${indent}  ${known.join('|')}) place="\${place:+$place }$word" ;;`,
    `${indent}esac`
  ].join('\n')
}

function wordsOf(places: readonly CompletionPlace[], indent: string): string {
  const cases = places.map(
    ({ path, commands, options }) =>
      `${indent}  ${quote(path)}) words=${quote([...commands, ...options].map(({ word }) => word).join(' '))} ;;`
  )
  return [`${indent}case "$place" in`, ...cases, `${indent}esac`].join('\n')
}

function fish(places: readonly CompletionPlace[]): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => quote(path))
  const lines = places.flatMap(({ path, commands, options }) => [
    ...commands.map((next) => fishLine(path, `-f -a ${quote(next.word)}`, next)),
    ...options.map((next) => fishLine(path, `-l ${quote(next.word.replace(/^--/u, ''))}`, next))
  ])
  return `# barter completion for fish. Try: barter completion fish | source
function __barter_at
  set -l place
  for word in (commandline -opc)[2..]
    contains -- (string join ' ' $place $word) ${known.join(' ')}; and set place $place $word
  end
  test (string join ' ' $place) = "$argv"
end
${lines.join('\n')}
`
}

function fishLine(path: string, what: string, { meaning }: NextWord): string {
  return `complete -c barter -n ${quote(`__barter_at ${quote(path)}`)} ${what} -d ${quote(meaning)}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
