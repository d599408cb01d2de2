import { Command } from 'commander'
import { packageVersion } from '../../node/package-version.ts'
import type { Cli } from '../cli.ts'

interface Options {
  readonly number?: boolean
  readonly all?: boolean
}

export function build(cli: Cli): Command {
  const command = new Command('version')
    .summary('show the version')
    .description('Show the version of this program.')
    .option('-n, --number', 'the number alone')
    .option('--all', 'and what it runs on')
    .addHelpText('after', '\nExample:\n  barter version --number')
  return command.action(async (options: Options) => {
    const version = packageVersion()
    if (cli.begin(command).json === true) await cli.print(JSON.stringify({ Version: version }))
    else await cli.print(options.number === true ? version : `barter version ${version}`)
    if (options.all === true) await cli.print(`Node.js ${process.version}, ${process.arch}/${process.platform}`)
  })
}
