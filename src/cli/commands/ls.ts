import { Command, Option } from 'commander'
import type { LinkInfo } from '../../api/peer-service.ts'
import type { Cli } from '../cli.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { isYes } from '../yes-or-no.ts'

interface Options extends FromOptions {
  readonly headers?: boolean
  readonly resolveType: boolean | string
  readonly size: boolean | string
  readonly stream?: boolean
}

/** What a line shows. */
interface Shown {
  readonly size: boolean
  readonly headers: boolean
}

/** As wide as sizes get before it is known how wide they are. */
const STREAM_WIDTH = 10

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('ls'))
    .summary('list a folder')
    .description('List the files of folders: CID, size and name.')
    .argument('<path...>', 'CIDs, or /ipfs/<cid>/a/folder')
    .option('-v, --headers', 'say what each column is')
    .addOption(new Option('--size [yes]', 'show the sizes of files').default('true'))
    .addOption(new Option('--resolve-type [yes]', 'look at what is linked to, for its type').default('true'))
    .option('-s, --stream', 'print each as it is found')
    .addHelpText('after', '\nExample:\n  barter ls bafybei…\n  barter ls --size=false --resolve-type=false bafybei…')
  return command.action(async (paths: string[], options: Options) => {
    const { headers = false, stream = false } = options
    const size = isYes(options.size)
    const resolveType = isYes(options.resolveType)
    await withContent(cli, command, options, async (service, read) => {
      if (cli.begin(command).json === true) {
        const flags = {
          offline: read.offline === true,
          from: read.from ?? [],
          size,
          stream,
          'resolve-type': resolveType
        }
        await printJson(cli, service, 'ls', paths, flags)
        return
      }
      for (const [index, path] of paths.entries()) {
        const links = service.ls(path, { ...read, resolve: size || resolveType })
        if (index > 0) await cli.print('')
        if (paths.length > 1) await cli.print(`${path}:`)
        await (stream ? printEach : printTable)(cli, links, { size, headers })
      }
    })
  })
}

async function printEach(cli: Cli, links: AsyncIterable<LinkInfo>, shown: Shown): Promise<void> {
  if (shown.headers) await cli.print(row('Hash', 'Size', 'Name', shown, STREAM_WIDTH))
  await printList(cli, linesOf(links, shown, STREAM_WIDTH), EMPTY)
}

const EMPTY = 'nothing is in it'

async function* linesOf(links: AsyncIterable<LinkInfo>, shown: Shown, width: number): AsyncGenerator<string> {
  for await (const link of links) yield lineOf(link, shown, width)
}

/** Sizes in a column. */
async function printTable(cli: Cli, links: AsyncIterable<LinkInfo>, shown: Shown): Promise<void> {
  const all: LinkInfo[] = []
  for await (const link of links) all.push(link)
  let hashWidth = 4
  let width = shown.headers ? 4 : 1
  for (const link of all) {
    hashWidth = Math.max(hashWidth, link.cid.length)
    width = Math.max(width, sizeOf(link).length)
  }
  if (shown.headers) await cli.print(row('Hash'.padEnd(hashWidth), 'Size', 'Name', shown, width))
  const lines = all.map((link) => lineOf({ ...link, cid: link.cid.padEnd(hashWidth) }, shown, width))
  await printList(cli, lines, EMPTY)
}

function lineOf(link: LinkInfo, shown: Shown, width: number): string {
  return row(link.cid, sizeOf(link), link.type === 'folder' ? `${link.name}/` : link.name, shown, width)
}

function sizeOf({ type, size }: LinkInfo): string {
  return type === 'folder' ? '-' : String(size)
}

function row(cid: string, size: string, name: string, shown: Shown, width: number): string {
  return shown.size ? `${cid} ${size.padEnd(width)} ${name}` : `${cid} ${name}`
}
