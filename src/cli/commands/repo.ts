import { Command } from 'commander'
import type { RepoInfo } from '../../api/peer-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { formatBytes } from '../progress-bar.ts'
import { addStoreCommands } from './repo-store.ts'

interface Options {
  readonly human?: boolean
  readonly sizeOnly?: boolean
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
    .option('-H, --human', 'sizes in MiB and the like')
    .option('-s, --size-only', 'only sizes')
    .addHelpText('after', '\nExample:\n  barter repo stat --human')
  stat.action(async (options: Options) => {
    await cli.withService(stat, 'repo', async (service) => {
      if (cli.begin(stat).json === true) {
        await printJson(cli, service, 'repo/stat', [], { 'size-only': options.sizeOnly === true })
        return
      }
      const info = await service.repoStat({ signal: cli.signal, sizeOnly: options.sizeOnly === true })
      for (const [title, value] of rows(info, options)) await cli.print(`${title}:`.padEnd(12) + value)
    })
  })
}

function rows(info: RepoInfo, options: Options): readonly (readonly [string, string])[] {
  const size = (bytes: number): string => (options.human === true ? formatBytes(bytes) : String(bytes))
  const sizes = [
    ['RepoSize', size(info.size)],
    ['StorageMax', info.storageMax === undefined ? 'none' : size(info.storageMax)]
  ] as const
  if (options.sizeOnly === true) return sizes
  return [['NumObjects', String(info.blocks)], ...sizes, ['RepoPath', info.path], ['Version', info.version]]
}
