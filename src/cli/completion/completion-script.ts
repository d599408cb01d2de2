import type { CompletionPlace, NextWord } from './completion-words.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/** A script that teaches a shell the commands, options and values of this program; after them come files. */
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

/** Bash hands `--type=all` over as three words. */
function bash(places: readonly CompletionPlace[]): string {
  return `# barter completion for bash. Try: source <(barter completion bash)
_barter() {
  local current="\${COMP_WORDS[COMP_CWORD]}" place="" previous="" count=0 word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    test "$word" = "=" && continue
${readWord(places, '    ')}
  done
  test "$current" = "=" && current=""
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
  local place="" previous="" count=0 word given=("\${(@)words[2,CURRENT-1]}") current="\${words[CURRENT]}"
  for word in "\${given[@]}"; do
${readWord(places, '    ')}
  done
  if [[ "$current" == --*=* ]]; then previous="\${current%%=*}"; compset -P '*='; fi
  local words=""
${wordsOf(places, '  ')}
  compadd -- \${=words} || _files
}
compdef _barter barter
`
}

/**
 * Follows a word of the line. The value of an option leads nowhere; words that are no command of where one stands are
 * counted as arguments.
 */
function readWord(places: readonly CompletionPlace[], indent: string): string {
  return [
    `case "$place $previous" in`,
    `  ${valuePatterns(places).join('|')}) previous=""; continue ;;`,
    'esac',
    'previous="$word"',
    `case "\${place:+$place }$word" in`,
    `  ${knownPaths(places).join('|')}) place="\${place:+$place }$word"; count=0; continue ;;`,
    'esac',
    'case "$word" in -*) ;; *) count=$((count + 1)) ;; esac'
  ]
    .map((line) => indent + line)
    .join('\n')
}

function wordsOf(places: readonly CompletionPlace[], indent: string): string {
  const values = places.flatMap(({ path, valueOptions }) =>
    valueOptions.map(
      (option) => `  ${patterns(path, option.names).join('|')}) words=${quote(option.values.join(' '))} ;;`
    )
  )
  const cases = places.map(
    ({ path, commands, options }) =>
      `    ${quote(path)}) words=${quote([...commands, ...options].map(({ word }) => word).join(' '))} ;;`
  )
  const given = places.flatMap((place) =>
    place.arguments.flatMap((words, at) =>
      words.length === 0 ? [] : [`    ${quote(`${place.path} ${at}`)}) words="$words ${words.join(' ')}" ;;`]
    )
  )
  const otherwise = ['  *)', '    case "$place" in', ...cases, '    esac']
  const lines = [
    'case "$place $previous" in',
    ...values,
    ...otherwise,
    '    case "$place $count" in',
    ...given,
    '    esac ;;',
    'esac'
  ]
  return lines.map((line) => indent + line).join('\n')
}

/** Where an option stands last, in the form `<command> <option>`; those of the program stand behind any command. */
function patterns(path: string, names: readonly string[]): readonly string[] {
  return names.map((name) => (path === '' ? `*${quote(` ${name}`)}` : quote(`${path} ${name}`)))
}

function valuePatterns(places: readonly CompletionPlace[]): readonly string[] {
  return places.flatMap(({ path, valueOptions }) => valueOptions.flatMap(({ names }) => patterns(path, names)))
}

function knownPaths(places: readonly CompletionPlace[]): readonly string[] {
  return places.filter(({ path }) => path !== '').map(({ path }) => quote(path))
}

/** Fish knows by itself what follows an option; patterns are quoted whole there. */
function fish(places: readonly CompletionPlace[]): string {
  const lines = places.flatMap((place) => {
    const { path, commands, options, valueOptions } = place
    const names = new Map([...(places[0]?.valueOptions ?? []), ...valueOptions].map((one) => [one.names[0], one]))
    return [
      ...commands.map((next) => fishLine(path, `-f -a ${quote(next.word)}`, next.meaning)),
      ...place.arguments.flatMap((words, at) =>
        words.length === 0 ? [] : [fishLine(`${path} ${at}`, `-f -a ${quote(words.join(' '))}`, '')]
      ),
      ...options.map((next) => fishLine(path, fishOption(next, names.get(next.word)), next.meaning))
    ]
  })
  return `# barter completion for fish. Try: barter completion fish | source
function __barter_at
  set -l place
  set -l previous
  set -l count 0
  for word in (commandline -opc)[2..]
    switch "$place $previous"
      case ${valuePatterns(places).map(fishPattern).join(' ')}
        set previous
        continue
    end
    set previous $word
    if contains -- (string join -- ' ' $place $word) ${knownPaths(places).join(' ')}
      set place $place $word
      set count 0
    else if not string match -q -- '-*' $word
      set count (math $count + 1)
    end
  end
  contains -- "$argv" "$place" "$place $count"
end
${lines.join('\n')}
`
}

function fishOption({ word }: NextWord, option: CompletionPlace['valueOptions'][number] | undefined): string {
  const long = `-l ${quote(word.replace(/^--/u, ''))}`
  if (option === undefined) return long
  const short = option.names[1] === undefined ? '' : ` -s ${quote(option.names[1].slice(1))}`
  return `${long}${short} -r${option.values.length === 0 ? '' : ` -f -a ${quote(option.values.join(' '))}`}`
}

function fishPattern(pattern: string): string {
  return pattern.startsWith('*') ? `'*${pattern.slice(2)}` : pattern
}

function fishLine(at: string, what: string, meaning: string): string {
  const described = meaning === '' ? '' : ` -d ${quote(meaning)}`
  return `complete -c barter -n ${quote(`__barter_at ${quote(at)}`)} ${what}${described}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
