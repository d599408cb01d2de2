import { Command } from 'commander'
import { packageVersion } from '../../node/package-version.ts'
import { REPO_VERSION } from '../../node/repo/repo-version.ts'
import type { Cli } from '../cli.ts'

interface Options {
  readonly number?: boolean
  readonly commit?: boolean
  readonly repo?: boolean
  readonly all?: boolean
}

export function build(cli: Cli): Command {
  const command = new Command('version')
    .summary('show the version')
    .description('Show the version of this program.')
    .option('-n, --number', 'the number alone')
    .option('--commit', 'with the commit it was made from, where that is known')
    .option('--repo', 'the version of the repo')
    .option('--all', 'and what it runs on')
    .addHelpText('after', '\nExample:\n  barter version --number')
  return command.action(async (options: Options) => {
    const version = packageVersion()
    const system = `${process.arch === 'x64' ? 'amd64' : process.arch}/${process.platform}`
    if (cli.begin(command).json === true) {
      const info = {
        Version: version,
        Commit: '',
        Repo: REPO_VERSION,
        System: system,
        Golang: `node${process.version}`
      }
      await cli.print(JSON.stringify(info))
    } else if (options.all === true) {
      await cli.print(`barter version: ${version}`)
      await cli.print(`Repo version: ${REPO_VERSION}`)
      await cli.print(`System version: ${system}`)
      await cli.print(`Node.js version: ${process.version}`)
    } else if (options.repo === true) await cli.print(REPO_VERSION)
    else await cli.print(options.number === true ? version : `barter version ${version}`)
  })
}
