import { Command } from 'commander'
import { collect } from '../../api/formats/collect.ts'
import type { DagStat } from '../../api/service/content-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import { formatBytes } from '../../api/formats/byte-size.ts'
import type { Cli } from '../cli.ts'
import { CountLine } from '../count-line.ts'
import { readFileBytes } from '../file-error.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { onByDefault } from '../on-by-default.ts'
import { printJson } from '../print-json.ts'
import { ProgressBar } from '../progress-bar.ts'
import { addImport } from './dag-import.ts'

/** Largest node that is read. */
const MAX_NODE_BYTES = 8 * 1024 * 1024

export function build(cli: Cli): Command {
  const group = new Command('dag')
    .summary('store and show data, and move it as CAR files')
    .description('Store and show linked data of every codec, and move it in and out as CAR files.')
  addImport(group, cli)
  addExport(group, cli)
  addPut(group, cli)
  addGet(group, cli)
  addResolve(group, cli)
  addStat(group, cli)
  return group
}

function addExport(group: Command, cli: Cli): void {
  const command = addFromOption(group.command('export'))
    .summary('write what is below a block as a CAR')
    .description('Write a block and all that is below it to standard output, as a CAR of version 1.')
    .argument('<path>', 'a CID, or /ipfs/<cid>/a/file')
    .option('--local-only', 'leave out what is not in the repo')
    .addHelpText('after', '\nExample:\n  barter dag export bafybei… > photos.car')
  onByDefault(command, '-p, --progress', 'show no progress')
  command.action(async (path: string, options: FromOptions & { localOnly?: boolean; progress: boolean }) => {
    if (process.stdout.isTTY)
      throw new InvalidParametersError('a CAR is no text: send it to a file, as in "> photos.car"')
    await withContent(cli, command, options, async (service, read) => {
      const bar = new ProgressBar(0)
      try {
        const localOnly = options.localOnly === true
        for await (const chunk of await service.contents.dag.exportCar(path, { ...read, localOnly })) {
          if (options.progress) bar.advance(chunk.byteLength)
          await cli.write(chunk)
        }
      } finally {
        bar.end()
      }
    })
  })
}

interface PutOptions {
  readonly storeCodec: string
  readonly inputCodec: string
  readonly hash: string
  readonly pin?: boolean
  readonly allowBigBlock?: boolean
}

function addPut(group: Command, cli: Cli): void {
  const command = group
    .command('put')
    .summary('store data')
    .description('Store each file, or standard input, as one node, and print its CID.')
    .argument('[file...]', 'files; standard input if none')
    .option('--store-codec <name>', 'how it is stored', 'dag-cbor')
    .option('--input-codec <name>', 'how it is given', 'dag-json')
    .option('--hash <name>', 'hash function', 'sha2-256')
    .option('--allow-big-block', 'take a node of more than 2 MiB, which not every peer does')
    .option('--pin', 'keep it when the repo is cleaned')
    .addHelpText('after', `\nExample:\n  echo '{"hello":"world"}' | barter dag put`)
  command.action(async (files: string[], options: PutOptions) => {
    const { storeCodec, inputCodec, hash, pin = false, allowBigBlock = false } = options
    await cli.withService(command, 'repo', async (service) => {
      for (const file of files.length === 0 ? ['-'] : files) {
        const source = file === '-' ? (process.stdin as AsyncIterable<Uint8Array>) : readFileBytes(file)
        const bytes = await collect(source, MAX_NODE_BYTES)
        const put = { storeCodec, inputCodec, hash, pin, allowBigBlock, signal: cli.signal }
        const cid = await service.contents.dag.put(bytes, put)
        await cli.print(cli.begin(command).json === true ? JSON.stringify({ Cid: { '/': cid } }) : cid)
      }
    })
  })
}

function addGet(group: Command, cli: Cli): void {
  const command = addFromOption(group.command('get'))
    .summary('show data')
    .description('Print a node, or a value within it.')
    .argument('<path>', 'a CID, or <cid>/key/0/key')
    .option('--output-codec <name>', 'how it is written', 'dag-json')
    .addHelpText('after', '\nExample:\n  barter dag get bafyrei…/hello')
  command.action(async (path: string, options: FromOptions & { outputCodec: string }) => {
    await withContent(cli, command, options, async (service, read) => {
      const bytes = await service.contents.dag.get(path, options.outputCodec, read)
      const isText = ['dag-json', 'json'].includes(options.outputCodec)
      if (isText) await cli.print(Buffer.from(bytes).toString('utf8'))
      else await cli.write(bytes)
    })
  })
}

function addResolve(group: Command, cli: Cli): void {
  const command = addFromOption(group.command('resolve'))
    .summary('find the block of a path')
    .description('Print the CID of the block that a path leads to, and the rest of the path within it.')
    .argument('<path>')
    .addHelpText('after', '\nExample:\n  barter dag resolve bafyrei…/a/b')
  command.action(async (path: string, options: FromOptions) => {
    await withContent(cli, command, options, async (service, read) => {
      const { cid, rest } = await service.contents.dag.resolve(path, read)
      if (cli.begin(command).json === true) await cli.print(JSON.stringify({ Cid: { '/': cid }, RemPath: rest }))
      else await cli.print(`${cid}${rest}`)
    })
  })
}

function addStat(group: Command, cli: Cli): void {
  const command = addFromOption(group.command('stat'))
    .summary('number and size of the blocks of DAGs')
    .description('Count the blocks below each path and their bytes, and what the paths share.')
    .argument('<path...>')
    .addHelpText('after', '\nExample:\n  barter dag stat bafybei…a bafybei…b')
  onByDefault(command, '-p, --progress', 'show no progress')
  command.action(async (paths: string[], options: FromOptions & { progress: boolean }) => {
    await withContent(cli, command, options, async (service, read) => {
      if (cli.begin(command).json === true) {
        const flags = { offline: read.offline === true, from: read.from ?? [], progress: false }
        await printJson(cli, service, 'dag/stat', paths, flags)
        return
      }
      const line = new CountLine('Looked at', 'blocks')
      let last: DagStat | undefined
      try {
        for await (const stat of service.contents.dag.stat(paths, read)) {
          last = stat
          if (options.progress) line.report(stat.dags.reduce((sum, { blocks }) => sum + blocks, 0))
        }
      } finally {
        line.end()
      }
      if (last !== undefined) for (const row of statLines(last)) await cli.print(row)
    })
  })
}

function statLines({ dags, totalSize, uniqueBlocks, sharedSize, ratio }: DagStat): readonly string[] {
  const width = Math.max(...dags.map(({ cid }) => cid.length), 3)
  const row = (cid: string, blocks: string, size: string): string =>
    `${cid.padEnd(width)}\t${blocks.padEnd(15)}\t${size}`
  return [
    row('CID', 'Blocks', 'Size'),
    ...dags.map(({ cid, blocks, size }) => row(cid, String(blocks), String(size))),
    '',
    'Summary',
    `Total Size: ${totalSize} (${formatBytes(totalSize)})`,
    `Unique Blocks: ${uniqueBlocks}`,
    `Shared Size: ${sharedSize} (${formatBytes(sharedSize)})`,
    `Ratio: ${ratio.toFixed(6)}`
  ]
}
