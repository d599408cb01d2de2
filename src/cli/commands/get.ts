import { Command } from 'commander'
import { compressionLevel, onlyFile, writeArchive } from '../../api/formats/archive.ts'
import type { Tree, TreeEntry } from '../../api/service/peer-service.ts'
import type { Cli } from '../cli.ts'
import { chooseTarget, extractTree, saveFile } from '../extract.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { onByDefault } from '../on-by-default.ts'
import { ProgressBar } from '../progress-bar.ts'
import { wholeNumber } from '../whole-number.ts'

interface Options extends FromOptions {
  readonly output?: string
  readonly archive?: boolean
  readonly compress?: boolean
  readonly compressionLevel?: number
  readonly progress: boolean
}

export function build(cli: Cli): Command {
  const command = addFromOption(new Command('get'))
    .summary('fetch files and folders')
    .description('Fetch a file or a folder with all that is in it. What is not in the repo is fetched from peers.')
    .argument('<path>', 'a CID, or /ipfs/<cid>/a/file')
    .option(
      '-o, --output <path>',
      'where to put it, or - for standard output (default: a name in the working directory)'
    )
    .option('-a, --archive', 'as one tar archive')
    .option('-C, --compress', 'compressed with gzip: the archive, or one file')
    .option('-l, --compression-level <level>', 'with -C, how hard to try: 1 to 9', wholeNumber(1))
    .addHelpText('after', '\nExample:\n  barter get bafybei… -o photos --from /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…')
  onByDefault(command, '-p, --progress', 'show no progress')
  return command.action(async (path: string, options: Options) => {
    const archive = options.archive === true
    const level = compressionLevel(options.compress === true, options.compressionLevel)
    if (options.output === '-') {
      await withContent(cli, command, options, async (service, read) => {
        const tree = await service.get(path, read)
        const refusal = `${path} is no file: take it as an archive with -a, or name a path with -o`
        const isPlain = !archive && level === undefined
        const bytes = isPlain ? onlyFile(tree.entries, refusal) : writeArchive(tree, { archive, level })
        for await (const chunk of bytes) await cli.write(chunk)
      })
      return
    }
    const target = await chooseTarget(options.output, path.split('/').filter(Boolean).at(-1) ?? path, (wanted) =>
      withEnding(wanted, archive, level !== undefined)
    )
    await withContent(cli, command, options, async (service, read) => {
      const isArchive = archive || level !== undefined
      const json = cli.begin(command).json === true
      const tell = (): Promise<void> => cli.print(`Saving ${isArchive ? 'archive' : 'file(s)'} to ${target}`)
      const found = await service.get(path, read)
      const tree = json ? found : announced(found, tell)
      const bytes = await save(tree, target, isArchive ? { archive, level } : undefined, {
        cli,
        progress: options.progress
      })
      if (json) await cli.print(JSON.stringify({ Path: target, Bytes: bytes }))
    })
  })
}

/** A tree of which `tell` tells once the first bytes of a file are there, or all of one that has none. */
function announced({ size, entries }: Tree, tell: () => Promise<void>): Tree {
  let told: Promise<void> | undefined
  async function* telling<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      await (told ??= tell())
      yield item
    }
  }
  async function* all(): AsyncGenerator<TreeEntry> {
    for await (const entry of entries) {
      yield entry.type === 'file' ? { ...entry, content: telling(entry.content) } : entry
    }
    await (told ??= tell())
  }
  return { size, entries: all() }
}

/** As Kubo names archives, whatever was asked for. */
function withEnding(path: string, archive: boolean, compress: boolean): string {
  const tar = archive && !/\.tar(?:\.gz)?$/u.test(path) ? `${path}.tar` : path
  return compress && !tar.endsWith('.gz') ? `${tar}.gz` : tar
}

/** Resolves with the bytes that were written. */
async function save(
  tree: Tree,
  target: string,
  archive: Parameters<typeof writeArchive>[1] | undefined,
  { cli, progress }: { readonly cli: Cli; readonly progress: boolean }
): Promise<number> {
  const bar = new ProgressBar(tree.size)
  let bytes = 0
  const onBytes = (more: number): void => {
    bytes += more
    if (progress) bar.report(bytes)
  }
  try {
    if (archive !== undefined) await saveFile(writeArchive(tree, archive), target, { onBytes })
    else await extractTree(tree.entries, target, { onBytes, warn: (line) => cli.warn(`Warning: ${line}`) })
  } finally {
    bar.end()
  }
  return bytes
}
