import { Command, Option } from 'commander'
import { readDuration } from '../../api/formats/duration.ts'
import type { PinInfo, PinType } from '../../api/service/content-service.ts'
import { ApiError } from '../../api/api-error.ts'
import { PINNED_ADVICE } from '../../api/service/damage-advice.ts'
import { counted } from '../../counted.ts'
import type { Cli } from '../cli.ts'
import { addFromOption, withContent, type FromOptions } from '../from-option.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { CountLine } from '../count-line.ts'
import { addProvideFlags } from '../kubo-flags.ts'
import { onByDefault } from '../on-by-default.ts'

export function build(cli: Cli): Command {
  const group = new Command('pin')
    .summary('keep what must not be removed')
    .description('Keep blocks, and what is below them, when the repo is cleaned. What is added is pinned by itself.')
  addAdd(group, cli)
  addRemove(group, cli)
  addList(group, cli)
  addUpdate(group, cli)
  addVerify(group, cli)
  return group
}

interface AddOptions extends FromOptions {
  readonly recursive: boolean
  readonly name?: string
  readonly progress: boolean
  readonly idleTimeout?: string
}

function addAdd(group: Command, cli: Cli): void {
  const add = addFromOption(group.command('add'))
    .summary('keep a block and what is below it')
    .description('Pin each path. What is not in the repo is fetched; it is pinned once all of it is here.')
    .argument('<path...>', 'CIDs, or /ipfs/<cid>/a/file')
    .option('-n, --name <name>', 'a name, to find the pin by')
    .option('--idle-timeout <duration>', 'give up when no block came for so long')
    .addHelpText('after', '\nExample:\n  barter pin add bafybei… --name photos --idle-timeout 2m')
  onByDefault(add, '-r, --recursive', 'the block alone, without what is below')
  onByDefault(add, '--progress', 'show no progress')
  addProvideFlags(add)
  add.action(async (paths: string[], options: AddOptions) => {
    const { idleTimeout, name } = options
    const idleMs = idleTimeout === undefined ? undefined : readDuration(idleTimeout)
    const { recursive, progress } = options
    await withContent(cli, add, options, async (service, read) => {
      const json = cli.begin(add).json === true
      const line = new CountLine('Fetched/Processed', 'nodes')
      const pinned: string[] = []
      try {
        for await (const event of service.contents.pins.add(paths, { ...read, recursive, name, idleMs })) {
          if (event.type === 'pinned') pinned.push(event.cid)
          else if (progress) line.report(event.blocks)
        }
      } finally {
        line.end()
      }
      if (json) await cli.print(JSON.stringify({ Pins: pinned }))
      else for (const cid of pinned) await cli.print(`pinned ${cid} ${recursive ? 'recursively' : 'directly'}`)
    })
  })
}

function addRemove(group: Command, cli: Cli): void {
  const remove = group
    .command('rm')
    .summary('keep no longer')
    .description('Remove the pin of each path. The blocks stay until the repo is cleaned: see "barter repo gc".')
    .argument('<path...>')
    .addHelpText('after', '\nExample:\n  barter pin rm bafybei…')
  onByDefault(remove, '-r, --recursive', 'pins of single blocks alone')
  remove.action(async (paths: string[], { recursive }: { recursive: boolean }) => {
    await cli.withService(remove, 'repo', async (service) => {
      if (cli.begin(remove).json === true) {
        await printJson(cli, service, 'pin/rm', paths, { recursive })
        return
      }
      const removed = await service.contents.pins.remove(paths, { recursive, signal: cli.signal })
      for (const cid of removed) await cli.print(`unpinned ${cid}`)
    })
  })
}

interface ListOptions {
  readonly type: PinType
  readonly quiet?: boolean
  readonly name?: string
  readonly names?: boolean
  readonly stream?: boolean
}

function addList(group: Command, cli: Cli): void {
  const list = group
    .command('ls')
    .summary('list what is kept')
    .description('List pins: direct, recursive, and what is kept because it is below one. With paths, only these.')
    .argument('[path...]')
    .addOption(
      new Option('-t, --type <type>', 'only these').choices(['direct', 'indirect', 'recursive', 'all']).default('all')
    )
    .option('-q, --quiet', 'print CIDs only')
    .option('-n, --name <part>', 'only pins with this in their names')
    .option('--names', 'print names, too')
    .option('-s, --stream', 'print each as it is found')
    .addHelpText('after', '\nExample:\n  barter pin ls --type recursive --names')
  list.action(async (paths: string[], options: ListOptions) => {
    const { type, name, stream = false } = options
    const names = options.names === true || name !== undefined
    await cli.withService(list, 'repo', async (service) => {
      if (cli.begin(list).json === true) {
        const more = { names, stream, ...(name !== undefined && { name }) }
        await printJson(cli, service, 'pin/ls', paths, { type, ...more })
        return
      }
      const pins = service.contents.pins.list({ type, name, paths, signal: cli.signal })
      await printList(cli, pinLines(pins, options, names), 'no pins')
    })
  })
}

async function* pinLines(pins: AsyncIterable<PinInfo>, options: ListOptions, names: boolean): AsyncGenerator<string> {
  const lines: string[] = []
  for await (const pin of pins) {
    const line = lineOf(pin, options, names)
    if (options.stream === true) yield line
    else lines.push(line)
  }
  yield* lines.sort()
}

function lineOf({ cid, type, via, name }: PinInfo, { quiet }: ListOptions, names: boolean): string {
  if (quiet === true) return cid
  const kind = via === undefined ? type : `${type} through ${via}`
  return names && name !== '' ? `${cid} ${kind} ${name}` : `${cid} ${kind}`
}

function addUpdate(group: Command, cli: Cli): void {
  const update = addFromOption(group.command('update'))
    .summary('keep something new in the place of something old')
    .description('Pin a new version, and remove the pin of the old one, in one step.')
    .argument('<from>')
    .argument('<to>')
    .addHelpText('after', '\nExample:\n  barter pin update bafybei…old bafybei…new')
  onByDefault(update, '--unpin', 'keep the old pin')
  addProvideFlags(update)
  update.action(async (from: string, to: string, options: FromOptions & { unpin: boolean }) => {
    const { unpin } = options
    await withContent(cli, update, options, async (service, read) => {
      const pins = await service.contents.pins.update(from, to, { ...read, unpin })
      if (cli.begin(update).json === true) await cli.print(JSON.stringify({ Pins: pins }))
      else await cli.print(`updated ${pins[0] ?? from} to ${pins[1] ?? to}`)
    })
  })
}

function addVerify(group: Command, cli: Cli): void {
  const verify = group
    .command('verify')
    .summary('see whether all that is kept is here')
    .description('Read everything below each recursive pin, and tell what is missing or damaged.')
    .option('--verbose', 'tell of pins that are well, too')
    .option('-q, --quiet', 'print the CIDs of broken pins only')
    .addHelpText('after', '\nExample:\n  barter pin verify --verbose')
  verify.action(async ({ verbose, quiet }: { verbose?: boolean; quiet?: boolean }) => {
    await cli.withService(verify, 'repo', async (service) => {
      if (cli.begin(verify).json === true) {
        await printJson(cli, service, 'pin/verify', [], { verbose: verbose === true, quiet: quiet === true })
        return
      }
      let broken = 0
      for await (const { cid, bad } of service.contents.pins.verify({ signal: cli.signal })) {
        if (bad.length === 0 && verbose === true) await cli.print(`${cid} ok`)
        if (bad.length === 0) continue
        broken += 1
        await cli.print(quiet === true ? cid : `${cid} broken`)
        if (quiet !== true) for (const one of bad) await cli.print(`  ${one.cid}: ${one.error}`)
      }
      if (broken === 0) {
        if (verbose !== true) cli.hint('no pin is broken')
        return
      }
      throw new ApiError('command', `${counted(broken, 'pin is', 'pins are')} broken: see above\n${PINNED_ADVICE}`)
    })
  })
}
