/** Commands of Kubo, and `remote` of its `pin`, that scripts and habits ask for. */
const KUBO_ONLY: ReadonlySet<string> = new Set([
  ...['files', 'name', 'key', 'pubsub', 'object', 'p2p', 'mount', 'filestore', 'remote', 'cid', 'multibase', 'dht']
])

/** What is wrong with a command line, in the words of this program instead of those of the library that reads it. */
export function usageText(text: string): string {
  const option = /^error: option '([^']*)' argument '(.*)' is invalid\. (.*)$/su.exec(text)
  const argument = /^error: command-argument value '(.*)' is invalid for argument '([^']*)'\. (.*)$/su.exec(text)
  if (option !== null) return wrongValue(longName(option[1]), option[2], option[3])
  if (argument !== null) return wrongValue(`<${argument[2] ?? ''}>`, argument[1], argument[3])
  const said = text.replace(/^error: /u, 'Error: ')
  return said.replace(/^Error: unknown command '([^']*)'/u, (known, name: string) =>
    KUBO_ONLY.has(name) ? `${known}: Kubo has it, and barter has not (docs/rpc.md lists all such commands)` : known
  )
}

/** As of a setting of the config. */
function wrongValue(name: string, value = '', rest = ''): string {
  const [reason = '', ...below] = rest.split('\n')
  const expected = reason.replace(/^Allowed choices are /u, 'expected one of ').replace(/\.$/u, '')
  const said = `Error: ${name} is "${value}": ${expected.charAt(0).toLowerCase()}${expected.slice(1)}`
  return [said, ...below].join('\n')
}

/** `--num` of `-n, --num <count>`. */
function longName(flags = ''): string {
  return /--[\w-]+/u.exec(flags)?.[0] ?? flags
}
