import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { acceptFlags } from '../kubo-flags.ts'
import { wholeNumber } from '../whole-number.ts'

interface Options extends FromOptions {
  readonly offset?: number
  readonly length?: number
}

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('cat'))
    .summary('print files')
    .description('Print files, one after the other. What is not in the repo is fetched from peers.')
    .argument('<path...>', 'CIDs, or /ipfs/<cid>/a/file')
    .option('-o, --offset <bytes>', 'begin there', wholeNumber(0))
    .option('-l, --length <bytes>', 'print this much', wholeNumber(0))
    .addHelpText('after', '\nExample:\n  barter cat bafybei…/notes.txt --from /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…')
  // There is none to show: the bytes themselves appear.
  acceptFlags(command, ['-p, --progress'])
  return command.action(async (paths: string[], options: Options) => {
    await withContent(cli, command, options, async (service, read) => {
      const { offset, length } = options
      const { content } = await service.cat(paths, { ...read, offset, length })
      for await (const chunk of content) await cli.write(chunk)
    })
  })
}
