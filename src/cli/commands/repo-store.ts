import type { Command } from 'commander'
import { ApiError, errorText } from '../../api/api-error.ts'
import { collectFailure } from '../../api/formats/collect-failure.ts'
import { readDuration } from '../../api/formats/duration.ts'
import { BROKEN_PIN_ADVICE, PINNED_ADVICE } from '../../api/service/damage-advice.ts'
import type { PeerService } from '../../api/service/peer-service.ts'
import { damageText, VerifySummary } from '../../api/service/verify-summary.ts'
import type { Cli } from '../cli.ts'
import { CountLine } from '../count-line.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'

/** The commands that are about all blocks of the repo. */
export function addStoreCommands(repo: Command, cli: Cli): void {
  addGc(repo, cli)
  addVerify(repo, cli)
  addList(repo, cli)
  addVersion(repo, cli)
}

interface GcOptions {
  readonly quiet?: boolean
  readonly silent?: boolean
  readonly streamErrors?: boolean
}

function addGc(repo: Command, cli: Cli): void {
  const gc = repo
    .command('gc')
    .summary('remove what no pin keeps')
    .description('Remove the blocks that no pin keeps. Meanwhile a running daemon serves, fetches and stores on.')
    .option('-q, --quiet', 'print CIDs only')
    .option('--silent', 'print nothing')
    .option('--stream-errors', 'tell of each block that cannot be read')
    .addHelpText('after', '\nExample:\n  barter repo gc')
  gc.action(async (options: GcOptions) => {
    const { quiet = false, silent = false, streamErrors = false } = options
    await cli.withService(gc, 'repo', async (service) => {
      if (cli.begin(gc).json === true) {
        await printJson(cli, service, 'repo/gc', [], { silent, 'stream-errors': streamErrors })
        return
      }
      const failures: string[] = []
      let isEmpty = true
      try {
        for await (const event of service.contents.store.collect({ signal: cli.signal })) {
          isEmpty = false
          if (event.type === 'failed') failures.push(event.error)
          if (event.type === 'failed' && streamErrors) cli.warn(`Error: ${event.error}`)
          if (event.type === 'untold' && !silent) cli.warn(`${event.removed} more were removed while nobody read`)
          if (event.type === 'removed' && !silent) await cli.print(quiet ? event.cid : `removed ${event.cid}`)
        }
        if (isEmpty && !silent) cli.hint('nothing to remove')
      } catch (error) {
        const failure = collectFailure(failures, error, streamErrors)
        throw failures.length === 0 ? failure : new ApiError('command', `${errorText(failure)}\n${PINNED_ADVICE}`)
      }
    })
  })
}

interface VerifyOptions {
  readonly drop?: boolean
  readonly heal?: boolean
  readonly healTimeout: string
}

function addVerify(repo: Command, cli: Cli): void {
  const verify = repo
    .command('verify')
    .summary('check every block')
    .description(
      'Read every block and check its hash. Damaged ones can be removed, and fetched again from other peers.'
    )
    .option(
      '--drop',
      'give up all that is damaged or was lost by it, also what a pin keeps: it is removed, and no longer told of'
    )
    .option('--heal', 'remove what is damaged, and fetch it again (needs a running daemon)')
    .option('--heal-timeout <duration>', 'time for each block', '30s')
    .addHelpText('after', '\nExample:\n  barter repo verify --heal --heal-timeout 1m')
  verify.action(async (options: VerifyOptions) => {
    const { drop = false, heal = false, healTimeout } = options
    const healTimeoutMs = readDuration(healTimeout)
    await cli.withService(verify, 'repo', async (service) => {
      if (cli.begin(verify).json === true) {
        await printJson(cli, service, 'repo/verify', [], { drop, heal, 'heal-timeout': healTimeout })
        return
      }
      const line = new CountLine('Checked', 'blocks')
      const summary = new VerifySummary({ drop, heal })
      try {
        for await (const event of service.contents.store.verify({ drop, heal, healTimeoutMs, signal: cli.signal })) {
          if (event.type === 'progress') line.report(event.blocks)
          else {
            summary.add(event)
            line.end()
            await cli.print(damageText(event))
          }
        }
      } finally {
        line.end()
      }
      if (summary.hasDropped) await tellBrokenPins(cli, service)
      if (summary.isFailure) throw new ApiError('command', [summary.text, summary.advice].join('\n'))
      await cli.print(summary.text)
      cli.hint('a block whose file is gone was not looked for: `barter pin verify` does')
    })
  })
}

/** Whoever gives up blocks is told which pins these leave incomplete. */
async function tellBrokenPins(cli: Cli, { contents }: Pick<PeerService, 'contents'>): Promise<void> {
  let isAnyBroken = false
  for await (const { cid, bad } of contents.pins.verify({ signal: cli.signal })) {
    if (bad.length === 0) continue
    isAnyBroken = true
    cli.warn(`Warning: pin ${cid} is no longer complete`)
  }
  if (isAnyBroken) cli.warn(BROKEN_PIN_ADVICE)
}

function addList(repo: Command, cli: Cli): void {
  const list = repo
    .command('ls')
    .summary('list every block')
    .description('List the blocks of the repo, as raw CIDs: a block does not say how it is to be read.')
    .addHelpText('after', '\nExample:\n  barter repo ls | wc -l')
  list.action(async () => {
    await cli.withService(list, 'repo', async (service) => {
      if (cli.begin(list).json === true) {
        await printJson(cli, service, 'repo/ls')
        return
      }
      await printList(cli, service.contents.store.blocks({ signal: cli.signal }), 'no blocks')
    })
  })
}

function addVersion(repo: Command, cli: Cli): void {
  const version = repo
    .command('version')
    .summary('form of the repo')
    .description('Show the number of the form in which the repo is written.')
    .option('-q, --quiet', 'the number only')
    .addHelpText('after', '\nExample:\n  barter repo version')
  version.action(async ({ quiet }: { quiet?: boolean }) => {
    await cli.withService(version, 'repo', async (service) => {
      if (cli.begin(version).json === true) {
        await printJson(cli, service, 'repo/version')
        return
      }
      const { repo: number } = await service.version()
      await cli.print(quiet === true ? `fs-repo@${number}` : `ipfs repo version fs-repo@${number}`)
    })
  })
}
