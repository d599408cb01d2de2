import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { InvalidParametersError } from '../../../errors.ts'
import { createBench } from '../../../laboratory/reproduce/bench.ts'
import { REPRODUCTIONS } from '../../../laboratory/reproduce/catalogue.ts'
import { reproductionPage, type Reproduced } from '../../../laboratory/reproduce/page.ts'
import type { Check, Reproduction } from '../../../laboratory/reproduce/reproduction.ts'
import { packageVersion } from '../../../node/package-version.ts'
import type { Cli } from '../../cli.ts'
import { wholeNumber } from '../../whole-number.ts'
import { WorkBar } from '../../work-bar.ts'

interface Options {
  readonly all?: boolean
  readonly seeds: number
  readonly workers: number
  readonly out?: string
}

export function addReproduceCommand(group: Command, cli: Cli): void {
  const reproduce = group
    .command('reproduce')
    .summary('run published experiments again')
    .description('Run published experiments again, and set what comes out beside what was published.')
    .argument('[name]', `one of ${REPRODUCTIONS.map(({ name }) => name).join(', ')}`)
    .option('--all', 'all of them')
    .option('--seeds <count>', 'runs of each, where more than one makes sense', wholeNumber(1), 30)
    .option('--workers <count>', 'runs at a time', wholeNumber(1), availableParallelism())
    .option('--out <file>', 'also write a page with figures')
    .addHelpText('after', '\nExample:\n  barter lab reproduce a1 --out a1.html')
  reproduce.action(async (name: string | undefined, { all, seeds, workers, out }: Options) => {
    const isJson = cli.begin(reproduce).json === true
    const seedList = Array.from({ length: seeds }, (_, index) => index + 1)
    const reproduced: Reproduced[] = []
    for (const one of chosen(name, all === true)) {
      const bar = new WorkBar('runs')
      const onProgress = (done: number, cells: number): void => bar.report(done, cells)
      const checks = await one
        .run(createBench({ workers, seeds: seedList, signal: cli.signal, onProgress }))
        .finally(() => bar.end())
      reproduced.push({ reproduction: one, checks })
      if (isJson)
        await cli.print(JSON.stringify({ Name: one.name, Title: one.title, Source: one.source, Checks: checks }))
      else for (const line of linesOf(one, checks)) await cli.print(line)
    }
    if (out !== undefined) {
      const about = `Seeds 1 to ${seeds}; Barter ${packageVersion()}, Node.js ${process.version}.`
      await writeFile(out, reproductionPage(reproduced, about))
    }
  })
}

function chosen(name: string | undefined, all: boolean): readonly Reproduction[] {
  if (all) return REPRODUCTIONS
  const found = REPRODUCTIONS.find((one) => one.name === name)
  if (found !== undefined) return [found]
  const known = REPRODUCTIONS.map((one) => one.name).join(', ')
  throw new InvalidParametersError(`${name ?? 'nothing'} is no experiment: expected one of ${known}, or --all`)
}

function linesOf({ name, title, source, contradictions }: Reproduction, checks: readonly Check[]): string[] {
  const passed = checks.filter((check) => check.passed).length
  const width = Math.max(...checks.map(({ what }) => what.length))
  return [
    `${name.toUpperCase()}: ${title} (${source})`,
    ...checks.flatMap(({ what, class: kind, published, ours, passed: isPassed, reason }) => [
      `  ${isPassed ? 'pass' : 'FAIL'}  ${what.padEnd(width)}  published ${published}; ours ${ours} [${kind}]`,
      ...(reason === undefined ? [] : [`        because ${reason}`])
    ]),
    ...(contradictions === undefined ? [] : [`  Note: ${contradictions}`]),
    `  ${passed} of ${checks.length} hold`,
    ''
  ]
}
