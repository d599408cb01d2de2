import { Command } from 'commander'
import type { RefsQuery } from '../../api/service/content-service.ts'
import type { PeerService } from '../../api/service/peer-service.ts'
import type { Cli } from '../cli.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { InvalidArgumentError } from 'commander'

interface Options extends FromOptions {
  readonly format?: string
  readonly edges?: boolean
  readonly unique?: boolean
  readonly recursive?: boolean
  readonly maxDepth: number
}

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('refs'))
    .summary('list what a block links to')
    .description('List the blocks that a block links to. "refs local" lists every block of the repo.')
    .argument('<path...>', 'CIDs, or /ipfs/<cid>/a/file')
    .option('--format <text>', 'print this, with <src>, <dst> and <linkname> filled in', '<dst>')
    .option('-e, --edges', 'print "<src> -> <dst>"')
    .option('-u, --unique', 'print each block once')
    .option('-r, --recursive', 'also what these link to')
    .option('--max-depth <levels>', 'with -r, go so deep; -1: to the end', depth, -1)
    .addHelpText('after', '\nExample:\n  barter refs -r --unique bafybei…\n  barter refs local')
  return command.action(async (paths: string[], options: Options) => {
    const { format = '<dst>', edges = false, unique = false, recursive = false, maxDepth } = options
    await withContent(cli, command, options, async (service, read) => {
      const json = cli.begin(command).json === true
      if (paths.length === 1 && paths[0] === 'local') {
        if (json) {
          await printJson(cli, service, 'refs/local')
          return
        }
        await printList(cli, service.contents.store.blocks({ signal: cli.signal }), 'no blocks')
        return
      }
      const flags = { format, edges, unique, recursive, 'max-depth': maxDepth }
      if (json) {
        const reading = { offline: read.offline === true, from: read.from ?? [] }
        await printJson(cli, service, 'refs', paths, { ...flags, ...reading })
        return
      }
      const template = edges ? '<src> -> <dst>' : format
      const query = { ...read, recursive, unique, maxDepth: maxDepth < 0 ? undefined : maxDepth }
      await printList(cli, refLines(service, paths, query, template), 'no links')
    })
  })
}

async function* refLines(
  service: PeerService,
  paths: readonly string[],
  query: RefsQuery,
  template: string
): AsyncGenerator<string> {
  for (const path of paths) {
    for await (const { from, to, name } of service.contents.dag.refs(path, query)) {
      yield template
        .replaceAll('<src>', from)
        .replaceAll('<dst>', to)
        .replaceAll('<linkname>', () => name)
    }
  }
}

function depth(text: string): number {
  if (!/^-?\d{1,9}$/u.test(text)) throw new InvalidArgumentError('Expected a whole number; -1 is no limit.')
  return Number(text)
}
