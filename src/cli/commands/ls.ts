import { Command } from 'commander'
import type { LinkInfo } from '../../api/service/peer-service.ts'
import type { Cli } from '../cli.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { columns } from '../columns.ts'
import { changedText, permissionsText } from '../long-format.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { onByDefault } from '../on-by-default.ts'

interface Options extends FromOptions {
  readonly headers?: boolean
  readonly resolveType: boolean
  readonly size: boolean
  readonly stream?: boolean
  readonly long?: boolean
}

/** What a line shows. */
interface Shown {
  readonly size: boolean
  readonly headers: boolean
  /** Permissions and times as well. */
  readonly long: boolean
}

/** Of a column that may become wider. */
const STREAM_WIDTH = 10

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('ls'))
    .summary('list a folder')
    .description('List the files of folders: CID, size and name.')
    .argument('<path...>', 'CIDs, or /ipfs/<cid>/a/folder')
    .option('-v, --headers', 'say what each column is')
    .option('-s, --stream', 'print each as it is found')
    .option('-l, --long', 'show permissions and times, where they were kept')
    .addHelpText('after', '\nExample:\n  barter ls bafybei…\n  barter ls --no-size --no-resolve-type bafybei…')
  onByDefault(command, '--size', 'leave out the sizes of files')
  onByDefault(command, '--resolve-type', 'do not look at what is linked to, for its type')
  return command.action(async (paths: string[], options: Options) => {
    const { headers = false, stream = false, long = false, size, resolveType } = options
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
        const shown = { size, headers, long }
        await (stream ? printList(cli, linesOf(links, shown), EMPTY) : printTable(cli, links, shown))
      }
    })
  })
}

/** How wide columns get is not known when the first line is printed: a heading stands over that one alone. */
async function* linesOf(links: AsyncIterable<LinkInfo>, shown: Shown): AsyncGenerator<string> {
  let heading = headingOf(shown)
  for await (const link of links) {
    yield* columns([...heading, cellsOf(link, shown)], { least: STREAM_WIDTH })
    heading = []
  }
}

async function printTable(cli: Cli, links: AsyncIterable<LinkInfo>, shown: Shown): Promise<void> {
  const heading = headingOf(shown)
  const rows: (readonly string[])[] = []
  for await (const link of links) rows.push(cellsOf(link, shown))
  const lines = columns([...heading, ...rows])
  for (const line of lines.slice(0, heading.length)) await cli.print(line)
  await printList(cli, lines.slice(heading.length), EMPTY)
}

const EMPTY = 'nothing is in it'

function headingOf({ headers, ...shown }: Shown): readonly (readonly string[])[] {
  return headers ? [rowOf({ mode: 'Mode', cid: 'Hash', size: 'Size', changed: 'ModTime', name: 'Name' }, shown)] : []
}

function cellsOf({ type, mode, cid, size, mtime, name }: LinkInfo, shown: Omit<Shown, 'headers'>): readonly string[] {
  const isFolder = type === 'folder'
  const cells = { cid, size: isFolder ? '-' : String(size), name: isFolder ? `${name}/` : name }
  return rowOf({ ...cells, mode: permissionsText({ type, mode }), changed: changedText(mtime, Date.now()) }, shown)
}

type Cells = Readonly<Record<'mode' | 'cid' | 'size' | 'changed' | 'name', string>>

function rowOf({ mode, cid, size, changed, name }: Cells, shown: Omit<Shown, 'headers'>): readonly string[] {
  const ofSize = shown.size ? [size] : []
  return shown.long ? [mode, cid, ...ofSize, changed, name] : [cid, ...ofSize, name]
}
