import type { Command } from 'commander'
import { STRATEGIES } from '../../../engine/strategies/by-name.ts'
import { HYPOTHESES } from '../../../laboratory/hypotheses/catalogue.ts'
import { CLIENTS } from '../../../laboratory/clients/catalogue.ts'
import { REPRODUCTIONS } from '../../../laboratory/reproduce/catalogue.ts'
import type { Reproduction } from '../../../laboratory/reproduce/reproduction.ts'
import { SCENARIOS } from '../../../laboratory/scenarios/catalogue.ts'
import { WORKLOADS } from '../../../laboratory/workload/catalogue.ts'
import type { Cli } from '../../cli.ts'

interface Entry {
  readonly name: string
  readonly about: string
  readonly source?: string
  readonly parameters?: Readonly<Record<string, { readonly about: string }>>
}

/** Cells of the longest name, and a gap. */
const NAME_CELLS = 28

export function addListCommand(group: Command, cli: Cli): void {
  const list = group
    .command('list')
    .summary('scenarios and strategies, a line each')
    .description(
      'List what comes with the laboratory: scenarios, strategies of servers and clients, workloads, experiments and hypotheses.'
    )
    .option('-v, --verbose', 'with sources and parameters')
    .addHelpText('after', '\nExample:\n  barter lab list --verbose')
  list.action(async ({ verbose }: { verbose?: boolean }) => {
    const sections: readonly (readonly [string, readonly Entry[]])[] = [
      ['Scenarios', SCENARIOS],
      ['Server strategies', STRATEGIES],
      ['Client strategies', CLIENTS],
      ['Workloads', WORKLOADS],
      ['Published experiments', REPRODUCTIONS.map(titled)],
      ['Hypotheses', HYPOTHESES.map(titled)]
    ]
    if (cli.begin(list).json === true) {
      const named = sections.map(([title, entries]) => [title.replaceAll(' ', ''), entries.map(jsonOf)])
      await cli.print(JSON.stringify(Object.fromEntries(named)))
      return
    }
    for (const [title, entries] of sections) {
      await cli.print(title)
      for (const line of entries.flatMap((entry) => linesOf(entry, verbose === true))) await cli.print(line)
    }
  })
}

function titled({ name, title, source }: Reproduction): Entry {
  return { name, about: title, source }
}

function jsonOf({ name, about, source, parameters }: Entry): Record<string, unknown> {
  return { Name: name, About: about, Source: source, Parameters: parameters }
}

function linesOf({ name, about, source, parameters = {} }: Entry, isVerbose: boolean): string[] {
  const line = `  ${name.padEnd(NAME_CELLS)} ${about}`
  if (!isVerbose) return [line]
  const settable = Object.entries(parameters).map(
    ([key, parameter]) => `${' '.repeat(NAME_CELLS + 5)}${key}: ${parameter.about}`
  )
  return [line, ...(source === undefined ? [] : [`${' '.repeat(NAME_CELLS + 3)}${source}`]), ...settable]
}
