import { Command } from 'commander'
import { formatBytes } from '../../api/formats/byte-size.ts'
import { LIMIT_OPTIONS, runLimits } from '../../api/formats/limit-options.ts'
import type { LimitsInfo, PolicyService, RuleInfo, RuleTexts } from '../../api/service/policy-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'

function ruleExamples(name: string): string {
  return `\nExamples:\n  barter bitswap policy ${name} --cid bafy…\n  barter bitswap policy ${name} --peer 12D3KooW…`
}

/** Commands below `bitswap` on who gets what, and how fast. */
export function addPolicyCommands(group: Command, cli: Cli): void {
  addPolicy(group, cli)
  addLimits(group, cli)
}

function addPolicy(group: Command, cli: Cli): void {
  const policy = group
    .command('policy')
    .summary('who gets what')
    .description(
      'List the rules. One on peer and CID comes before one on either; as soon as one peer, or CID, is allowed, the ' +
        'others are not. A denied peer is cut off, again each time it connects; a denied block is answered as if it were not here.'
    )
    // As the help of each has it.
    .configureHelp({ subcommandTerm: (command) => `${command.name()} [options]` })
    .addHelpText('after', ruleExamples('deny'))
  policy.action(async () => {
    await cli.withService(policy, 'daemon', async (service) => {
      if (cli.begin(policy).json === true) await printJson(cli, service, 'bitswap/policy')
      else await printRules(cli, await service.policy.rules())
    })
  })
  addRule(policy, cli, 'allow', 'serve a block, a peer, or both', (service, target) => service.allow(target))
  addRule(policy, cli, 'deny', 'do not serve a block, a peer, or both', (service, target) => service.deny(target))
  addRule(policy, cli, 'rm', 'take a rule back', (service, target) => service.remove(target))
}

function addRule(
  policy: Command,
  cli: Cli,
  name: string,
  summary: string,
  change: (service: PolicyService, target: RuleTexts) => Promise<readonly RuleInfo[]>
): void {
  const command = policy
    .command(name)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}. Kept for the next start.`)
    // A name alone is answered below, and is nothing that help should tell of.
    .argument('[name]')
    .usage('[options]')
    .option('-p, --peer <peer>', 'a peer id')
    .option('-c, --cid <cid>', 'a CID; it stands for all of the same multihash')
    .addHelpText('after', ruleExamples(name))
  command.action(async (word: string | undefined, target: RuleTexts) => {
    // Some peer ids look like CIDs: which of them is meant is not guessed.
    if (word !== undefined) {
      const form = `barter bitswap policy ${name}`
      throw new InvalidParametersError(`say what ${word} is: "${form} --peer ${word}", or "${form} --cid ${word}"`)
    }
    await cli.withService(command, 'daemon', async (service) => {
      const given = Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined))
      if (cli.begin(command).json === true) await printJson(cli, service, `bitswap/policy/${name}`, [], given)
      else await printRules(cli, await change(service.policy, target))
    })
  })
}

async function printRules(cli: Cli, rules: readonly RuleInfo[]): Promise<void> {
  const lines = rules.map(({ effect, peer, cid }) =>
    [effect, ...(peer ? [`peer ${peer}`] : []), ...(cid ? [`cid ${cid}`] : [])].join(' ')
  )
  await printList(cli, lines, 'no rules: everybody is served')
}

const LIMITS_EXAMPLES = `
Examples:
  barter bitswap limits --upload 2MB --download 0
  barter bitswap limits --peer 12D3KooW… --upload 100KB`

function addLimits(group: Command, cli: Cli): void {
  const limits = group
    .command('limits')
    .summary('how fast blocks leave and come')
    .description(
      'Show the limits of pace, in bytes of blocks a second, or change those that are given, until the next start. ' +
        'Limits that stay are in the config: Barter.Limits.'
    )
  for (const name of Object.keys(LIMIT_OPTIONS)) limits.option(`--${name} <size>`, 'a size such as 10MB; 0: no limit')
  limits
    .option('-p, --peer <peer>', 'give --upload and --download to this peer alone')
    .option('--reset', 'take back what --peer was given, or without it what each peer was')
    .addHelpText('after', LIMITS_EXAMPLES)
  limits.action(async () => {
    await cli.withService(limits, 'daemon', async (service) => {
      const values = limits.opts<Record<string, string | undefined>>()
      const given = ['peer', ...Object.keys(LIMIT_OPTIONS)].flatMap((name) => {
        const value = values[camelCase(name)]
        return value === undefined ? [] : [[name, value] as const]
      })
      const options = Object.fromEntries(given)
      const reset = limits.opts<{ reset?: boolean }>().reset === true
      if (cli.begin(limits).json === true) await printJson(cli, service, 'bitswap/limits', [], { ...options, reset })
      else await cli.write(limitsText(await runLimits(service.policy, (name) => options[name], reset)))
    })
  })
}

/** As commander names the value of an option. */
function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/gu, (_, letter: string) => letter.toUpperCase())
}

function limitsText(limits: LimitsInfo): string {
  const pace = (bytes: number): string => (bytes === 0 ? 'no limit' : `${formatBytes(bytes)}/s`)
  return [
    `Upload:\t${pace(limits.upload)}`,
    `Download:\t${pace(limits.download)}`,
    `Upload to each peer:\t${pace(limits.uploadPerPeer)}`,
    `Download from each peer:\t${pace(limits.downloadPerPeer)}`,
    ...limits.peers.flatMap(({ peer, upload, download }) => [
      ...(upload === undefined ? [] : [`Upload to ${peer}:\t${pace(upload)}`]),
      ...(download === undefined ? [] : [`Download from ${peer}:\t${pace(download)}`])
    ]),
    ''
  ].join('\n')
}
