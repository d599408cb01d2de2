import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { chooseTarget, extractTree } from '../extract.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { ProgressBar } from '../progress-bar.ts'

interface Options extends FromOptions {
  readonly output?: string
}

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('get'))
    .summary('fetch files and folders')
    .description('Fetch a file or a folder with all that is in it. What is not in the repo is fetched from peers.')
    .argument('<path>', 'a CID, or /ipfs/<cid>/a/file')
    .option('-o, --output <path>', 'where to put it (default: a name in the working directory)')
    .addHelpText('after', '\nExample:\n  barter get bafybei… -o photos --from /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…')
  return command.action(async (path: string, options: Options) => {
    const { json } = cli.begin(command)
    const target = await chooseTarget(options.output, path.split('/').filter(Boolean).at(-1) ?? path)
    await withContent(cli, command, options, async (service, read) => {
      if (json !== true) await cli.print(`Saving file(s) to ${target}`)
      const tree = await service.get(path, read)
      const bar = new ProgressBar(tree.size)
      let bytes = 0
      const onBytes = (more: number): void => {
        bytes += more
        bar.report(bytes)
      }
      try {
        await extractTree(tree.entries, target, { onBytes, warn: (line) => cli.warn(`Warning: ${line}`) })
      } finally {
        bar.end()
      }
      if (json === true) await cli.print(JSON.stringify({ Path: target, Bytes: bytes }))
    })
  })
}
