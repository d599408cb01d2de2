import { Command } from 'commander'
import { formatDuration } from '../../api/formats/duration.ts'
import type { ProvideStat } from '../../api/service/routing-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'

export function build(cli: Cli): Command {
  const group = new Command('provide')
    .summary('see how others are told what this peer has')
    .description(
      'See how the routing systems are told what this peer has, as Provide.Strategy of the config says. ' +
        'These commands need a running daemon.'
    )
  addProvideStat(group, cli)
  addOnce(group, cli)
  addClear(group, cli)
  return group
}

/** The same command stands in another group, too, under another name. */
export function addProvideStat(group: Command, cli: Cli, name = 'stat'): void {
  const stat = group
    .command(name)
    .summary('how far providing is')
    .description('Show how far providing is, what waits, and whether it keeps up.')
    .addHelpText('after', `\nExample:\n  barter ${group.name()} ${name}`)
  stat.action(async () => {
    await cli.withService(stat, 'daemon', async (service) => {
      if (cli.begin(stat).json === true) await printJson(cli, service, 'provide/stat')
      else for (const line of statLines(await service.routing.provideStat())) await cli.print(line)
    })
  })
}

function addOnce(group: Command, cli: Cli): void {
  const once = group
    .command('once')
    .summary('tell of a block soon')
    .description(
      'Put blocks into the queue: others are told of them soon, and not again unless Provide.Strategy says so.'
    )
    .argument('<cid...>', 'of blocks that are here')
    .option('-r, --recursive', 'and all that is below it')
    .addHelpText('after', '\nExample:\n  barter provide once bafybei…')
  once.action(async (cids: string[], { recursive }: { recursive?: boolean }) => {
    const all = recursive === true
    await cli.withService(once, 'daemon', async (service) => {
      if (cli.begin(once).json === true) {
        await printJson(cli, service, 'provide/once', cids, { recursive: all })
        return
      }
      let count = 0
      const queued = service.routing.provideOnce(cids, { recursive: all, signal: cli.signal })
      for (const stream = queued[Symbol.asyncIterator](); (await stream.next()).done !== true;) count++
      await cli.print(`queued ${count} CID(s) for immediate provide`)
    })
  })
}

function addClear(group: Command, cli: Cli): void {
  const clear = group
    .command('clear')
    .summary('empty the queue')
    .description('Empty the queue. What is provided again and again stays so.')
    .option('-q, --quiet', 'say nothing')
    .addHelpText('after', '\nExample:\n  barter provide clear')
  clear.action(async ({ quiet }: { quiet?: boolean }) => {
    await cli.withService(clear, 'daemon', async (service) => {
      const count = await service.routing.provideClear()
      if (quiet !== true) await cli.print(`removed ${count} items from provide queue`)
    })
  })
}

function statLines({ strategy, info }: ProvideStat): readonly string[] {
  if (info === undefined) return [`Strategy:        ${strategy}`, 'State:           off: nothing is provided by itself']
  const { cycle } = info
  const total = cycle.lastKeys === undefined ? 'an unknown number' : String(Math.max(cycle.lastKeys, cycle.done))
  const lines: readonly (readonly [string, string])[] = [
    ['Strategy', strategy],
    ['State', `${info.state}${stateNote(info)}`],
    ...(info.lastError === undefined ? [] : [['Last error', info.lastError] as const]),
    ['Queued', `${info.queued} of at most ${info.maxQueued}`],
    ['Under way', `${info.active} of at most ${info.workers}`],
    ['This cycle', `${cycle.done} of ${total} since ${moment(cycle.startedAt)}`],
    ...(cycle.finishedAt === undefined ? [] : [['Finished', moment(cycle.finishedAt)] as const]),
    ['Next cycle', info.intervalMs === 0 ? 'none' : moment(cycle.nextAt)],
    ['Provided', `${info.provided}, ${formatDuration(info.averageMs)} each`],
    ['Given up', String(info.failed)],
    ...(info.overflowed === 0 ? [] : [['Overflowed', `${info.overflowed}, found later by going through all`] as const]),
    ['Falling behind', behindText(info.behindMs)]
  ]
  return lines.map(([name, value]) => `${`${name}:`.padEnd(16)} ${value}`)
}

function stateNote({ state, resumesInMs }: NonNullable<ProvideStat['info']>): string {
  if (state === 'paused') return `, tries again in ${formatDuration(Math.ceil(resumesInMs / 1_000) * 1_000)}`
  return state === 'waiting' ? ': no peers to tell yet; `barter bootstrap add auto` joins the public network' : ''
}

function behindText(behindMs: number): string {
  if (behindMs === 0) return 'no'
  return `yes, by ${formatDuration(behindMs)}: provide less (Provide.Strategy) or more at a time (Provide.DHT.MaxWorkers)`
}

function moment(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
