import { Command } from 'commander'
import { formatBytes } from '../../api/formats/byte-size.ts'
import type { RepoInfo } from '../../api/service/peer-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { addStoreCommands } from './repo-store.ts'

interface Options {
  readonly human?: boolean
  readonly sizeOnly?: boolean
  readonly io?: boolean
}

export function build(cli: Cli): Command {
  const repo = new Command('repo').summary('see what is stored').description('See what is stored.')
  addRepoStat(repo, cli)
  addStoreCommands(repo, cli)
  return repo
}

/** The same command stands in another group, too, under another name. */
export function addRepoStat(group: Command, cli: Cli, name = 'stat'): void {
  const stat = group
    .command(name)
    .summary('number and size of the blocks')
    .description('Show the number and size of the blocks, and where they lie.')
    .option('-H, --human', 'sizes in MB and the like')
    .option('-s, --size-only', 'only sizes, as they were counted last')
    .option('--io', 'what each store did since the daemon started, too: which one does the work')
    .addHelpText(
      'after',
      `\nExamples:\n  barter ${group.name()} ${name} --human\n  barter ${group.name()} ${name} --io`
    )
  stat.action(async (options: Options) => {
    await cli.withService(stat, 'repo', async (service) => {
      const [sizeOnly, io] = [options.sizeOnly === true, options.io === true]
      if (cli.begin(stat).json === true) {
        await printJson(cli, service, 'repo/stat', [], { 'size-only': sizeOnly, io })
        return
      }
      const info = await service.repoStat({ signal: cli.signal, sizeOnly, io })
      for (const [title, value] of rows(info, options)) await cli.print(`${title}:`.padEnd(12) + value)
      for (const line of storeLines(info.stores, sizeText(options))) await cli.print(line)
    })
  })
}

const STORE_TITLES = ['Reads', 'Hits', 'Misses', 'Read', 'ReadMs', 'Writes', 'Written', 'WriteMs', 'Errors'] as const

/** A table, the names to the left and the figures to the right. */
function storeLines(stores: RepoInfo['stores'], size: (bytes: number) => string): readonly string[] {
  if (stores === undefined) return []
  const table = [
    ['Store', ...STORE_TITLES],
    ...stores.map((row) => [
      row.store,
      ...[row.reads, row.hits, row.misses].map(String),
      size(row.readBytes),
      ...[row.readMs, row.writes].map(String),
      size(row.writtenBytes),
      ...[row.writeMs, row.errors].map(String)
    ])
  ]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)
  return table.map((row) => row.map(cell).join('  '))
}

function sizeText({ human }: Options): (bytes: number) => string {
  return (bytes) => (human === true ? formatBytes(bytes) : String(bytes))
}

function rows(info: RepoInfo, options: Options): readonly (readonly [string, string])[] {
  const size = sizeText(options)
  const sizes = [
    ['RepoSize', size(info.size)],
    ['StorageMax', info.storageMax === undefined ? 'none' : size(info.storageMax)]
  ] as const
  if (options.sizeOnly === true) return sizes
  return [['NumObjects', String(info.blocks)], ...sizes, ['RepoPath', info.path], ['Version', info.version]]
}
