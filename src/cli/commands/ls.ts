import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { printJson } from '../print-json.ts'

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('ls'))
    .summary('list a folder')
    .description('List the files of a folder: CID, size and name.')
    .argument('<path>', 'a CID, or /ipfs/<cid>/a/folder')
    .addHelpText('after', '\nExample:\n  barter ls bafybei…')
  return command.action(async (path: string, options: FromOptions) => {
    await withContent(cli, command, options, async (service, read) => {
      if (cli.begin(command).json === true) {
        await printJson(cli, service, 'ls', [path], { offline: read.offline === true, from: read.from ?? [] })
        return
      }
      for (const { cid, size, name, type } of await service.ls(path, read)) {
        await cli.print(`${cid} ${type === 'folder' ? '-' : size} ${name}${type === 'folder' ? '/' : ''}`)
      }
    })
  })
}
