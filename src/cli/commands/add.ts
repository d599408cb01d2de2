import { Command, Option } from 'commander'
import { oneSource } from '../stdin-candidate.ts'
import type { AddEvent, AddOptions, PeerService } from '../../api/peer-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { findFiles, type FoundFiles } from '../find-files.ts'
import { ProgressBar } from '../progress-bar.ts'

interface Options {
  readonly recursive?: boolean
  readonly hidden?: boolean
  readonly quiet?: boolean
  readonly quieter?: boolean
  readonly wrapWithDirectory?: boolean
  readonly cidVersion: '0' | '1'
  readonly rawLeaves?: boolean
  readonly chunker: string
  readonly progress?: boolean
  readonly pin?: string | boolean
  readonly pinName?: string
  readonly onlyHash?: boolean
}

export function build(cli: Cli): Command {
  const command = new Command('add')
    .summary('store files and folders')
    .description('Store files and folders, and print their CIDs. "-", or no path in a pipe, is standard input.')
    .argument('[path...]', 'files; with -r folders, too')
    .option('-r, --recursive', 'add folders with all that is in them')
    .option('-H, --hidden', 'with -r, add files whose names begin with a dot, too')
    .option('-q, --quiet', 'print CIDs only')
    .option('-Q, --quieter', 'print the last CID only: that of the folder')
    .option('-w, --wrap-with-directory', 'put all into one more folder, which keeps the names')
    .addOption(new Option('--cid-version <number>', 'version of the CIDs').choices(['0', '1']).default('1'))
    .option('--raw-leaves', 'keep file data in raw blocks (default with CIDs of version 1)')
    .option('-s, --chunker <size-bytes>', 'bytes of a file that make one block', 'size-262144')
    .option('-n, --only-hash', 'print the CIDs, and store nothing')
    .addOption(new Option('--pin [yes]', 'keep what is added when the repo is cleaned').default('true'))
    .option('--pin-name <name>', 'a name, to find the pin by')
    .option('--no-progress', 'show no progress')
    .addHelpText('after', '\nExample:\n  barter add -r photos\n  tar c photos | barter add -Q')
  return command.action(async (paths: string[], options: Options) => {
    const found = await sources(paths, options)
    await cli.withService(command, 'repo', (service) =>
      addAll(cli, service, found, options, cli.begin(command).json === true)
    )
  })
}

async function sources(paths: readonly string[], options: Options): Promise<FoundFiles> {
  const stdin = paths.length === 0 ? !process.stdin.isTTY : paths.length === 1 && paths[0] === '-'
  if (stdin) return { bytes: 0, candidates: () => oneSource(process.stdin), each: () => [oneSource(process.stdin)] }
  if (paths.length === 0) throw new InvalidParametersError('nothing to add: name a file, or pipe one in')
  return await findFiles(paths, { recursive: options.recursive === true, hidden: options.hidden === true })
}

async function addAll(
  cli: Cli,
  service: PeerService,
  found: FoundFiles,
  options: Options,
  json: boolean
): Promise<void> {
  const bar = new ProgressBar(found.bytes)
  const progress = options.progress !== false && process.stderr.isTTY
  const done = new Map<string, number>()
  let last: Added | undefined
  try {
    for await (const event of addEach(service, found, { ...addOptions(options), progress, signal: cli.signal })) {
      if (event.type === 'progress') {
        done.set(event.path, event.bytes)
        bar.report([...done.values()].reduce((sum, bytes) => sum + bytes, 0))
        continue
      }
      last = event
      if (options.quieter === true) continue
      bar.end()
      await print(cli, event, options, json)
    }
  } finally {
    bar.end()
  }
  if (options.quieter === true && last !== undefined) await print(cli, last, options, json)
}

/** One path after the other, so that a folder is told where it was named; all at once where one folder is to hold them. */
async function* addEach(service: PeerService, found: FoundFiles, options: AddOptions): AsyncGenerator<AddEvent> {
  for (const candidates of options.wrap === true ? [found.candidates()] : found.each()) {
    yield* service.add(candidates, options)
  }
}

type Added = Extract<AddEvent, { type: 'added' }>

async function print(cli: Cli, { path, cid, size }: Added, options: Options, json: boolean): Promise<void> {
  if (json) await cli.print(JSON.stringify({ Name: path, Hash: cid, Size: String(size) }))
  else await cli.print(options.quiet === true || options.quieter === true ? cid : `added ${cid} ${path}`)
}

function addOptions(options: Options): AddOptions {
  const { cidVersion, rawLeaves, chunker, wrapWithDirectory, pin, pinName, onlyHash = false } = options
  const chunkBytes = Number(/^size-(\d{1,8})$/u.exec(chunker)?.[1] ?? 0)
  if (chunkBytes === 0) {
    throw new InvalidParametersError(`unrecognized chunker option: ${chunker}: expected size-<bytes>, as size-262144`)
  }
  return {
    cidVersion: cidVersion === '0' ? 0 : 1,
    ...(rawLeaves === undefined ? {} : { rawLeaves }),
    chunkBytes,
    pin: pin === true || pin === 'true',
    pinName,
    onlyHash,
    wrap: wrapWithDirectory === true
  }
}
