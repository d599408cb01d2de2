import { Command } from 'commander'
import { resolvePath } from '../../api/resolve-path.ts'
import type { Cli } from '../cli.ts'

export function build(cli: Cli): Command {
  const command = new Command('resolve')
    .summary('find the CID at the end of a path')
    .description('Follow the names of a path such as /ipfs/<cid>/docs/a.txt, and show the CID at its end.')
    .argument('<path>')
    .option('-r, --recursive', 'accepted, as paths are always followed to their end')
    .addHelpText('after', '\nExample:\n  barter resolve /ipfs/bafybei…/docs')
  return command.action(async (path: string) => {
    await cli.withService(command, 'peers', async (service) => {
      const { offline, json } = cli.begin(command)
      const { cid, rest } = await resolvePath(service, path, { offline: offline === true, signal: cli.signal })
      const Path = `/ipfs/${cid}${rest}`
      await cli.print(json === true ? JSON.stringify({ Path }) : Path)
    })
  })
}
