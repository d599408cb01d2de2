import { Command, InvalidArgumentError, Option } from 'commander'
import { parseMode } from '../../api/formats/file-mode.ts'
import type { AddEvent, AddOptions, PeerService } from '../../api/service/peer-service.ts'
import type { FileTime } from '../../content/unixfs-node.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { findFiles, type FoundFiles } from '../find-files.ts'
import { ignoreRules } from '../ignore-rules.ts'
import { acceptFlags, addProvideFlags, refuseFlags } from '../kubo-flags.ts'
import { onByDefault } from '../on-by-default.ts'
import { ProgressBar } from '../progress-bar.ts'
import { repeated } from '../repeated.ts'
import { wholeNumber } from '../whole-number.ts'

interface Options {
  readonly recursive?: boolean
  readonly hidden?: boolean
  readonly ignore?: readonly string[]
  readonly ignoreRulesPath?: string
  readonly quiet?: boolean
  readonly quieter?: boolean
  readonly wrapWithDirectory?: boolean
  readonly cidVersion: '0' | '1'
  readonly rawLeaves?: boolean
  readonly chunker: string
  readonly progress: boolean
  readonly silent?: boolean
  readonly dereferenceArgs?: boolean
  readonly pin: boolean
  readonly pinName?: string
  readonly onlyHash?: boolean
  readonly trickle?: boolean
  readonly maxFileLinks?: number
  readonly maxHamtFanout?: number
  readonly hash?: string
  readonly inline?: boolean
  readonly inlineLimit: number
  readonly preserveMode?: boolean
  readonly preserveMtime?: boolean
  readonly mode?: number
  readonly mtime?: number
  readonly mtimeNsecs?: number
  readonly stdinName?: string
}

export function build(cli: Cli): Command {
  const command = new Command('add')
    .summary('store files and folders')
    .description('Store files and folders, and print their CIDs. "-", or no path in a pipe, is standard input.')
    .argument('[path...]', 'files; with -r folders, too')
    .option('-r, --recursive', 'add folders with all that is in them')
    .option('-H, --hidden', 'with -r, add files whose names begin with a dot, too')
    .option('--ignore <rule>', 'with -r, leave out what fits, as a line of .gitignore does; may be repeated', repeated)
    .option('--ignore-rules-path <file>', 'the same, with the rules in a file')
    .option('--dereference-args', 'of a path that is a link, add what it leads to')
    .option('-q, --quiet', 'print CIDs only')
    .option('-Q, --quieter', 'print the last CID only: that of the folder')
    .option('--silent', 'print nothing')
    .option('-w, --wrap-with-directory', 'put all into one more folder, which keeps the names')
    .addOption(new Option('--cid-version <number>', 'version of the CIDs').choices(['0', '1']).default('1'))
    .option('--raw-leaves', 'keep file data in raw blocks (default with CIDs of version 1)')
    .option('--no-raw-leaves', 'keep file data in nodes of dag-pb (default with CIDs of version 0)')
    .option('-s, --chunker <size-bytes>', 'bytes of a file that make one block', 'size-262144')
    .option('-t, --trickle', 'lay files out to be read from their beginning, and not from anywhere')
    .option('--max-file-links <number>', 'links of one node of a file (default: 174)', wholeNumber(2))
    .option('--max-hamt-fanout <number>', 'links of one node of a very large folder (default: 256)', wholeNumber(8))
    .option('--hash <name>', 'hash function of the CIDs: sha2-256, sha2-512, blake3 …')
    .option('--inline', 'keep small blocks in their CIDs')
    .option('--inline-limit <bytes>', 'largest block that --inline keeps there, at most 128', wholeNumber(0), 32)
    .option('--preserve-mode', 'keep the permissions of files')
    .option('--preserve-mtime', 'keep the times at which files were changed')
    .option('--mode <number>', 'keep these permissions with everything, as 0644', modeOption)
    .option('--mtime <seconds>', 'keep this time with everything: seconds since 1970', secondsOption)
    .option('--mtime-nsecs <number>', 'nanoseconds of --mtime', wholeNumber(0))
    .option('--stdin-name <name>', 'name of what comes from standard input')
    .option('-n, --only-hash', 'print the CIDs, and store nothing')
    .option('--pin-name <name>', 'a name, to find the pin by')
    .addHelpText('after', '\nExample:\n  barter add -r photos\n  tar c photos | barter add -Q')
  onByDefault(command, '--pin', 'let it go when the repo is cleaned')
  onByDefault(command, '-p, --progress', 'show no progress')
  addKuboFlags(command)
  return command.action(async (paths: string[], options: Options) => {
    const found = await sources(paths, options)
    await cli.withService(command, 'repo', (service) =>
      addAll(cli, service, found, options, cli.begin(command).json === true)
    )
  })
}

/** What scripts give beside these to Kubo's program. */
function addKuboFlags(command: Command): void {
  addProvideFlags(acceptFlags(command, ['-E, --empty-dirs']))
  refuseFlags(command, {
    '--no-empty-dirs': 'empty folders are always added',
    '--nocopy': 'blocks are kept in the repo, and not in the files they came from',
    '--fscache': 'there is no filestore to look into',
    '--to-files <path>': 'there are no mutable folders here (ipfs files)',
    '--max-directory-links <number>': 'folders become large ones by their size'
  })
}

async function sources(paths: readonly string[], options: Options): Promise<FoundFiles> {
  const { recursive = false, hidden = false, dereferenceArgs, preserveMode, preserveMtime, stdinName } = options
  if (paths.length === 0 && process.stdin.isTTY) {
    throw new InvalidParametersError('nothing to add: name a file, or pipe one in')
  }
  const attributes = preserveMode === true || preserveMtime === true
  return await findFiles(paths.length === 0 ? ['-'] : paths, {
    recursive,
    hidden,
    ignores: await ignoreRules(options.ignoreRulesPath, options.ignore),
    dereferenceArgs,
    attributes,
    stdinName
  })
}

async function addAll(
  cli: Cli,
  service: PeerService,
  found: FoundFiles,
  options: Options,
  json: boolean
): Promise<void> {
  const bar = new ProgressBar(found.bytes)
  const progress = options.progress && options.silent !== true && process.stderr.isTTY
  let done = 0
  const doneOf = new Map<string, number>()
  let last: Added | undefined
  try {
    for await (const event of addEach(service, found, { ...addOptions(options), progress, signal: cli.signal })) {
      if (event.type === 'progress') {
        done += event.bytes - (doneOf.get(event.path) ?? 0)
        doneOf.set(event.path, event.bytes)
        bar.report(done)
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
  if (options.silent === true) return
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
    pin,
    pinName,
    onlyHash,
    wrap: wrapWithDirectory === true,
    hash: options.hash,
    inlineBytes: options.inline === true ? options.inlineLimit : undefined,
    maxFileLinks: options.maxFileLinks,
    hamtFanout: options.maxHamtFanout,
    layout: options.trickle === true ? 'trickle' : undefined,
    attributes: { mode: options.mode, mtime: timeOf(options) },
    preserveMode: options.preserveMode === true,
    preserveMtime: options.preserveMtime === true
  }
}

function timeOf({ mtime, mtimeNsecs = 0 }: Options): FileTime | undefined {
  if (mtime !== undefined && mtimeNsecs < 1e9) return { seconds: mtime, nanoseconds: mtimeNsecs }
  if (mtime !== undefined) throw new InvalidParametersError('--mtime-nsecs must be less than 1000000000')
  if (mtimeNsecs > 0) throw new InvalidParametersError('--mtime-nsecs needs --mtime, too')
  return undefined
}

function modeOption(text: string): number {
  const mode = parseMode(text)
  if (mode === undefined) throw new InvalidArgumentError('Expected permissions, as 0644.')
  return mode
}

function secondsOption(text: string): number {
  if (!/^-?\d{1,15}$/u.test(text)) throw new InvalidArgumentError('Expected whole seconds.')
  return Number(text)
}
