import type { Command } from 'commander'
import { ApiError } from '../../api/api-error.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { readFileBytes } from '../file-error.ts'
import { addProvideFlags } from '../kubo-flags.ts'
import { ProgressBar } from '../progress-bar.ts'

interface ImportOptions {
  readonly pinRoots?: boolean
  readonly localOnly?: boolean
  readonly silent?: boolean
  readonly stats?: boolean
  readonly allowBigBlock?: boolean
}

export function addImport(group: Command, cli: Cli): void {
  const command = group
    .command('import')
    .summary('store the blocks of CARs')
    .description('Store the blocks of CAR files, version 1 or 2, each checked first, and pin the roots they name.')
    .argument('[file...]', 'CAR files; standard input if none')
    .option('--pin-roots', 'pin what the headers name as roots, as without --local-only')
    .option('--no-pin-roots', 'pin nothing')
    .option('--local-only', 'a CAR that is not whole: pin nothing')
    .option('--silent', 'print failures only')
    .option('--stats', 'print how much it was')
    .option('--allow-big-block', 'take blocks of more than 2 MiB, which not every peer does')
    .addHelpText(
      'after',
      '\nExample:\n  barter dag import photos.car\n  barter dag export bafybei… | barter --repo-dir other dag import'
    )
  addProvideFlags(command)
  command.action(async (files: string[], options: ImportOptions) => {
    const json = cli.begin(command).json === true
    const { stats = false, silent = false } = options
    const bar = new ProgressBar(0)
    let failed = false
    await cli.withService(command, cli.begin(command).offline === true ? 'repo' : 'peers', async (service) => {
      const importing = {
        pinRoots: pinsRoots(options),
        allowBigBlocks: options.allowBigBlock === true,
        signal: cli.signal
      }
      try {
        for await (const event of service.contents.dag.importCars(carFiles(files, bar), importing)) {
          bar.end()
          if (event.type === 'stats') {
            const line = { Stats: { BlockCount: event.blocks, BlockBytesCount: event.bytes } }
            if (stats)
              await cli.print(json ? JSON.stringify(line) : `Imported ${event.blocks} blocks (${event.bytes} bytes)`)
            continue
          }
          failed ||= event.pinError !== ''
          if (silent && event.pinError === '') continue
          const line = { Root: { Cid: { '/': event.cid }, PinErrorMsg: event.pinError } }
          const outcome = event.pinError === '' ? 'success' : `FAILED: ${event.pinError}`
          await cli.print(json ? JSON.stringify(line) : `Pinned root\t${event.cid}\t${outcome}`)
        }
      } finally {
        bar.end()
      }
      if (failed) throw new ApiError('command', 'pinning root failed, see above')
    })
  })
}

function pinsRoots({ pinRoots, localOnly }: ImportOptions): boolean {
  if (pinRoots === true && localOnly === true) {
    throw new InvalidParametersError('--local-only pins nothing: leave out one of it and --pin-roots')
  }
  return pinRoots ?? localOnly !== true
}

async function* carFiles(files: readonly string[], bar: ProgressBar): AsyncGenerator<AsyncIterable<Uint8Array>> {
  if (files.length === 0 && process.stdin.isTTY)
    throw new InvalidParametersError('nothing to import: name a CAR file, or pipe one in')
  for (const file of files.length === 0 ? ['-'] : files) {
    const source = file === '-' ? (process.stdin as AsyncIterable<Uint8Array>) : readFileBytes(file)
    yield watched(source, bar)
    // A generator that never waits would be none.
    await Promise.resolve()
  }
}

async function* watched(source: AsyncIterable<Uint8Array>, bar: ProgressBar): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    bar.advance(chunk.byteLength)
    yield chunk
  }
}
