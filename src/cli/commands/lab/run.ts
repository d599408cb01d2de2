import { availableParallelism } from 'node:os'
import { Option, type Command } from 'commander'
import { formatDuration } from '../../../api/formats/duration.ts'
import { readExperiment, type ExperimentChoice } from '../../../laboratory/experiment/read-experiment.ts'
import { requireWorld } from '../../../laboratory/experiment/require-world.ts'
import { runExperiment } from '../../../laboratory/experiment/run-experiment.ts'
import { WORLD_KINDS, type WorldKind } from '../../../laboratory/world-like.ts'
import type { Experiment } from '../../../laboratory/experiment/experiment.ts'
import { loadStrategy } from '../../../laboratory/load-strategy.ts'
import { packageVersion } from '../../../node/package-version.ts'
import type { Cli } from '../../cli.ts'
import { countOf, ProgressBar } from '../../progress-bar.ts'
import { wholeNumber } from '../../whole-number.ts'
import { names, seeds } from './lists.ts'
import { printOverview } from './overview.ts'

interface Options extends ExperimentChoice {
  readonly workers: number
  readonly out: string
  readonly force?: boolean
  readonly worldOnly?: boolean
  readonly world: WorldKind | 'both'
}

export function addRunCommand(group: Command, cli: Cli): void {
  const run = group
    .command('run')
    .summary('run a scenario under some strategies')
    .description('Run a scenario once for each server strategy, client strategy and seed.')
    .argument('<scenario>', 'a JSON file, or the name of a scenario of `barter lab list`')
    .option('--strategies <names>', 'server strategies, instead of those of the scenario', names)
    .option('--clients <names>', 'client strategies, instead of those of the scenario', names)
    .option('--seeds <seeds>', 'such as 1..30, or 1,2,7', seeds)
    .addOption(
      new Option('--world <kind>', 'in virtual time, over real libp2p nodes on loopback in real time, or in both')
        .choices(['virtual', 'libp2p', 'both'])
        .default('virtual')
    )
    .option('--workers <count>', 'runs at a time', wholeNumber(1), availableParallelism())
    .option('--world-only', 'keep no rows of single peers: for worlds of many')
    .option('--out <dir>', 'directory of the results, new or empty', 'lab-results')
    .option('--force', 'replace earlier results in that directory, and no other files')
    .addHelpText(
      'after',
      '\nExample:\n  barter lab run trade --strategies fair-share,debt-ratio --seeds 1..5 --out trade'
    )
  run.action(async (file: string, options: Options) => {
    const isJson = cli.begin(run).json === true
    const worlds = options.world === 'both' ? WORLD_KINDS : [options.world]
    const experiment = { ...(await readExperiment(file, options)), worlds }
    for (const kind of worlds) requireWorld(kind, experiment.scenario)
    await warnOfRefusals(cli, experiment)
    const bar = new ProgressBar(0, countOf('runs'))
    const began = performance.now()
    try {
      await runExperiment(experiment, {
        directory: options.out,
        replace: options.force === true,
        workers: options.workers,
        detail: options.worldOnly === true ? 'world' : 'peers',
        about: { barter: packageVersion(), node: process.version, platform: `${process.platform}-${process.arch}` },
        onProgress: (done, cells) => bar.report(done, cells),
        signal: cli.signal
      })
    } finally {
      bar.end()
    }
    await printOverview(cli, options.out, isJson)
    if (!isJson) {
      await cli.print(`Took ${formatDuration(performance.now() - began)}; results are in ${options.out}.`)
    }
  })
}

/** A rule that refuses can only do so in a strict scenario: elsewhere it would pass for what it is not. */
async function warnOfRefusals(cli: Cli, { scenario, servers }: Experiment): Promise<void> {
  if (scenario.exchange.strict) return
  for (const reference of servers) {
    const { name, refuses } = await loadStrategy(reference)
    if (refuses !== undefined) {
      cli.warn(`Note: ${name} may refuse, and is not obeyed in it: the scenario is not strict (exchange.strict).`)
    }
  }
}
