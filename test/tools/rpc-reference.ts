/** The table of commands in docs/rpc.md, made from the routes. Run as a program it writes the table, else it is checked by a test. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GLOBAL_OPTIONS, type OptionSpec, type Route } from '../../src/api/server/route.ts'
import { ROUTES } from '../../src/api/server/routes.ts'
import { createCli } from '../../src/cli/cli.ts'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { allCommands, wholeProgram } from '../../src/cli/whole-program.ts'
import { PROJECT } from './source-tree.ts'

export const REFERENCE = join(PROJECT, 'docs', 'rpc.md')
const START = '<!-- commands: made by test/tools/rpc-reference.ts -->'
const END = '<!-- end of commands -->'

/** Commands of the API that the command line has under another name, or not at all. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  bootstrap: 'bootstrap list',
  'swarm/filters': 'swarm filters ls'
}

/** Commands that the command line has not, or of which it tells more than is true of them here. */
const HERE: Readonly<Record<string, string>> = {
  'bitswap/engine': 'Show how partners are served: the strategy, its slots, and what waits.',
  'block/put': 'Store each file as one block, and tell its CID.',
  'bootstrap/rm/all': 'Remove all peers to begin with.',
  commands: 'List all commands of the API.',
  'config/effective': 'Show every setting as it is in force, and where it comes from.',
  'config/show': 'Show the config file without its secrets.',
  'dag/export': 'Give a block and all that is below it as a CAR of version 1.',
  'dag/put': 'Store each file as one node, and tell its CID.',
  'diag/cmds/clear': 'Forget the commands that ended.',
  'diag/cmds/set-time': 'Keep the commands that ended for so long.',
  'log/tail': 'Tell what is logged from now on.',
  'refs/local': 'List every block of the repo.',
  'repo/gc/stat': 'Show whether garbage is collected, when that is done by itself, and how it went the last time.',
  shutdown: 'Stop the daemon.',
  'swarm/addrs': 'List the addresses of known peers.',
  'swarm/addrs/listen': 'List the addresses that this peer listens on.',
  'swarm/addrs/local': 'List the addresses of this peer.'
}

/** What stands between the marks, as it must be now. */
export async function commandTable(): Promise<string> {
  const cli = createCli()
  const program = await wholeProgram(cli, COMMANDS)
  cli.close()
  const described = new Map(allCommands(program).map(({ words, command }) => [words.join(' '), command.description()]))
  const routes = [...ROUTES.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  const rows = routes.map((route) => {
    const name = ELSEWHERE[route.path] ?? route.path.replaceAll('/', ' ')
    return `| \`${route.path}\` | ${argument(route)} | ${options(route.options ?? [])} | ${HERE[route.path] ?? firstSentence(described.get(name))} |`
  })
  const common = `Every command takes ${options(GLOBAL_OPTIONS)}.`
  return [common, '', '| command | argument | options | what it does |', '|---|---|---|---|', ...rows].join('\n')
}

/** The page with this table in it. */
export function withTable(page: string, table: string): string {
  const [before, rest] = [page.split(START)[0] ?? '', page.split(END)[1]]
  if (rest === undefined) throw new Error(`${REFERENCE} has no place for the table`)
  return `${before}${START}\n\n${table}\n\n${END}${rest}`
}

function argument({ arg, file }: Route): string {
  if (file !== undefined) return `files (\`${file}\`)`
  if (arg === undefined) return ''
  const name = `${arg.name}${arg.many === true ? '…' : ''}`
  return arg.min === 0 ? `[${name}]` : `\`${name}\``
}

function options(specs: readonly OptionSpec[]): string {
  return specs
    .map(({ name, also = [], type }) => `\`${[name, ...also].join('`/`')}\`${type === 'bool' ? '' : ` (${type})`}`)
    .join(', ')
}

function firstSentence(text = ''): string {
  return (/^.*?[.:](?= |$)/u.exec(text)?.[0] ?? text).replace(/:$/u, '.').replaceAll('|', '\\|')
}

if (import.meta.main) {
  await writeFile(REFERENCE, withTable(await readFile(REFERENCE, 'utf8'), await commandTable()))
}
