import { stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { InvalidParametersError } from '../../../errors.ts'
import { HYPOTHESES } from '../../../laboratory/hypotheses/catalogue.ts'
import { createBench } from '../../../laboratory/reproduce/bench.ts'
import { REPRODUCTIONS } from '../../../laboratory/reproduce/catalogue.ts'
import { reproductionPage, type Reproduced } from '../../../laboratory/reproduce/page.ts'
import { countHeld, type Check, type Reproduction } from '../../../laboratory/reproduce/reproduction.ts'
import { packageVersion } from '../../../node/package-version.ts'
import { unlessAbsent } from '../../../storage/file-system.ts'
import type { Cli } from '../../cli.ts'
import { countOf, ProgressBar } from '../../progress-bar.ts'
import { wholeNumber } from '../../whole-number.ts'

/** Runs of an experiment that does not say how many. */
const SEEDS = 30

interface Options {
  readonly all?: boolean
  readonly hypotheses?: boolean
  readonly seeds?: number
  readonly workers: number
  readonly out?: string
}

export function addReproduceCommand(group: Command, cli: Cli): void {
  const reproduce = group
    .command('reproduce')
    .summary('run published experiments again, and test hypotheses')
    .description(
      'Run published experiments again, beside what was published; or test hypotheses by rules fixed beforehand.'
    )
    .argument('[name]', `one of ${[...REPRODUCTIONS, ...HYPOTHESES].map(({ name }) => name).join(', ')}`)
    .option('--all', 'all published experiments')
    .option('--hypotheses', 'all hypotheses')
    .option(
      '--seeds <count>',
      `runs of each, where that makes sense (default: ${SEEDS}; 10 of hypotheses)`,
      wholeNumber(1)
    )
    .option('--workers <count>', 'runs at a time', wholeNumber(1), availableParallelism())
    .option('--out <file>', 'also write a page with figures; a file that is there is refused')
    .addHelpText('after', '\nExample:\n  barter lab reproduce a1 --out a1.html')
  reproduce.action(async (name: string | undefined, options: Options) => {
    const { all, hypotheses, workers, out } = options
    const isJson = cli.begin(reproduce).json === true
    const reproduced: Reproduced[] = []
    if (out !== undefined) await requireNoFile(out)
    for (const one of chosen(name, all === true, hypotheses === true)) {
      const seeds = seedsFor(one, options)
      const bar = new ProgressBar(0, countOf('runs'))
      const onProgress = (done: number, cells: number): void => bar.report(done, cells)
      const checks = await one
        .run(createBench({ workers, seeds, signal: cli.signal, onProgress }))
        .finally(() => bar.end())
      reproduced.push({ reproduction: one, checks })
      if (isJson)
        await cli.print(JSON.stringify({ Name: one.name, Title: one.title, Source: one.source, Checks: checks }))
      else for (const line of linesOf(one, checks)) await cli.print(line)
    }
    if (out !== undefined) {
      const seeds = Math.max(...reproduced.map(({ reproduction }) => seedsFor(reproduction, options).length))
      const about = `Seeds 1 to ${seeds}; Barter ${packageVersion()}, Node.js ${process.version}.`
      await writeFile(out, reproductionPage(reproduced, about))
    }
  })
}

/** A terminal or a pipe may be there. */
async function requireNoFile(path: string): Promise<void> {
  const found = await unlessAbsent(stat(path))
  if (found?.isFile() !== true) return
  throw new InvalidParametersError(`${path} is there already: name another file with --out, or remove it`)
}

function seedsFor(one: Reproduction, { seeds }: Options): readonly number[] {
  return Array.from({ length: seeds ?? one.seeds ?? SEEDS }, (_, index) => index + 1)
}

function chosen(name: string | undefined, all: boolean, hypotheses: boolean): readonly Reproduction[] {
  if (all || hypotheses) return [...(all ? REPRODUCTIONS : []), ...(hypotheses ? HYPOTHESES : [])]
  const named = [...REPRODUCTIONS, ...HYPOTHESES]
  const found = named.find((one) => one.name === name)
  if (found !== undefined) return [found]
  const known = named.map((one) => one.name).join(', ')
  throw new InvalidParametersError(
    `${name ?? 'nothing'} is no experiment: expected one of ${known}, or --all, or --hypotheses`
  )
}

function linesOf({ name, title, source, contradictions }: Reproduction, checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ what }) => what.length))
  const isHypothesis = checks.some(({ verdict }) => verdict !== undefined)
  return [
    `${name.toUpperCase()}: ${title} (${source})`,
    ...checks.flatMap((check) => (isHypothesis ? claimLine(check, width) : checkLines(check, width))),
    ...(contradictions === undefined ? [] : [`  Note: ${contradictions}`]),
    ...(isHypothesis ? [] : [`  ${countHeld(checks)} hold`]),
    ''
  ]
}

function checkLines({ what, class: kind, published, ours, passed, reason }: Check, width: number): string[] {
  if (passed === undefined) {
    return [`  ----  ${what.padEnd(width)}  published ${published}; ours ${ours} [for comparison: ${reason ?? ''}]`]
  }
  return [
    `  ${passed ? 'pass' : 'FAIL'}  ${what.padEnd(width)}  published ${published}; ours ${ours} [${kind}]`,
    ...(reason === undefined ? [] : [`        because ${reason}`])
  ]
}

function claimLine({ what, published, ours, verdict }: Check, width: number): string[] {
  return [`  ${(verdict ?? '').padEnd(9)}  ${what.padEnd(width)}  ${ours}; ${published}`]
}
