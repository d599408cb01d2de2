import { Command } from 'commander'
import { ApiError } from '../../api/api-error.ts'
import { collect } from '../../api/formats/collect.ts'
import { BlockTooLargeError } from '../../errors.ts'
import { MAX_BLOCK_BYTES, PORTABLE_BLOCK_BYTES } from '../../message/limits.ts'
import type { Cli } from '../cli.ts'
import { readFileBytes } from '../file-error.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { printJson } from '../print-json.ts'

interface PutOptions {
  readonly cidCodec?: string
  readonly mhtype?: string
  readonly pin?: boolean
  readonly allowBigBlock?: boolean
}

export function build(cli: Cli): Command {
  const group = new Command('block')
    .summary('store, fetch and remove single blocks')
    .description('Store, fetch and remove single blocks.')
  addPut(group, cli)
  addGet(group, cli)
  addStat(group, cli)
  addRemove(group, cli)
  return group
}

function addPut(group: Command, cli: Cli): void {
  const put = group
    .command('put')
    .summary('store blocks')
    .description('Store each file as one block, or standard input, and print its CID.')
    .argument('[file...]', 'files of at most 2 MiB; standard input if none')
    .option('--cid-codec <name>', 'codec of the CID', 'raw')
    .option('--mhtype <name>', 'hash function', 'sha2-256')
    .option('--allow-big-block', 'take blocks of more than 2 MiB, which not every peer does')
    .option('--pin', 'keep it when the repo is cleaned')
    .addHelpText('after', '\nExample:\n  echo hello | barter block put')
  put.action(async (files: string[], options: PutOptions) => {
    await cli.withService(put, 'repo', async (service) => {
      for (const file of files.length === 0 ? ['-'] : files) {
        const allowBigBlock = options.allowBigBlock === true
        const bytes = await readSmall(file === '-' ? process.stdin : readFileBytes(file), file, allowBigBlock)
        const { cidCodec: codec = 'raw', mhtype: hash = 'sha2-256' } = options
        const { cid, size } = await service.blockPut(bytes, {
          codec,
          hash,
          allowBigBlock,
          pin: options.pin === true,
          signal: cli.signal
        })
        await cli.print(cli.begin(put).json === true ? JSON.stringify({ Key: cid, Size: size }) : cid)
      }
    })
  })
}

function addGet(group: Command, cli: Cli): void {
  const get = addFromOption(group.command('get'))
    .summary('print a block')
    .description('Print the bytes of a block. Waits until somebody has it, unless --timeout is given.')
    .argument('<cid>')
    .addHelpText('after', '\nExample:\n  barter block get bafkrei… --timeout 30s > block')
  get.action(async (cid: string, options: FromOptions) => {
    await withContent(cli, get, options, async (service, read) => {
      await cli.write(await service.blockGet(cid, read))
    })
  })
}

function addStat(group: Command, cli: Cli): void {
  const stat = addFromOption(group.command('stat'))
    .summary('show the size of a block')
    .description('Show the size of a block, which is fetched when it is not here.')
    .argument('<cid>')
    .addHelpText('after', '\nExample:\n  barter block stat --offline bafkrei…')
  stat.action(async (cid: string, options: FromOptions) => {
    await withContent(cli, stat, options, async (service, read) => {
      const info = await service.blockStat(cid, read)
      if (cli.begin(stat).json === true) await cli.print(JSON.stringify({ Key: info.cid, Size: info.size }))
      else await cli.write(`Key: ${info.cid}\nSize: ${info.size}\n`)
    })
  })
}

function addRemove(group: Command, cli: Cli): void {
  const remove = group
    .command('rm')
    .summary('remove blocks')
    .description('Remove blocks from the repo.')
    .argument('<cid...>')
    .option('-f, --force', 'what is not there is no failure')
    .option('-q, --quiet', 'print failures only')
    .addHelpText('after', '\nExample:\n  barter block rm bafkrei…')
  remove.action(async (cids: string[], options: { force?: boolean; quiet?: boolean }) => {
    await cli.withService(remove, 'repo', async (service) => {
      const { force = false, quiet = false } = options
      if (cli.begin(remove).json === true) {
        await printJson(cli, service, 'block/rm', cids, { force, quiet })
        return
      }
      let failed = false
      for await (const { cid, error } of service.blockRemove(cids, { force, signal: cli.signal })) {
        failed ||= error !== undefined
        if (error !== undefined) cli.warn(`cannot remove ${cid}: ${error}`)
        else if (!quiet) await cli.print(`removed ${cid}`)
      }
      if (failed) throw new ApiError('command', 'some blocks not removed')
    })
  })
}

async function readSmall(source: AsyncIterable<Uint8Array>, file: string, allowBig: boolean): Promise<Uint8Array> {
  try {
    return await collect(source, allowBig ? MAX_BLOCK_BYTES : PORTABLE_BLOCK_BYTES)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new BlockTooLargeError(
      `${file} is larger than a block can be (${allowBig ? 4 : 2} MiB): use "barter add"${allowBig ? '' : ', or --allow-big-block for up to 4'}`
    )
  }
}
