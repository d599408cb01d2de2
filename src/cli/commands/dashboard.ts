import { spawn } from 'node:child_process'
import { Command } from 'commander'
import type { ApiAddress } from '../../api/api-address.ts'
import { CODE_PATH } from '../../api/server/dashboard-paths.ts'
import { dashboardLink, NoDashboardError } from '../../node/dashboard/dashboard-link.ts'
import { readApiToken } from '../../node/repo/api-token.ts'
import { parse, text } from '../../api/remote/wire.ts'
import type { Cli } from '../cli.ts'
import { daemonAddress } from '../open-service.ts'

interface Options {
  readonly open?: boolean
}

export function build(cli: Cli): Command {
  const command = new Command('dashboard')
    .summary('look at the running daemon in a browser')
    .description(
      'Print the link to the page of the running daemon. It holds the token of the peer: whoever has it can command the ' +
        'peer. The page keeps it in memory only.'
    )
    .option('--open', 'open it in a browser')
    .addHelpText('after', '\nExample:\n  barter dashboard --open')
  return command.action(async ({ open }: Options) => {
    const options = cli.begin(command)
    const address = await daemonAddress(options)
    const token = await readApiToken(options.root)
    const link = dashboardLink(address, token === undefined ? {} : { token })
    await cli.print(options.json === true ? JSON.stringify({ Link: link }) : link)
    if (open !== true) return
    const reason = await openInBrowser(dashboardLink(address, { code: await oneTimeCode(address, token) }))
    if (reason === undefined) return
    const page = dashboardLink(address, {})
    throw new NoDashboardError(`no browser was found for ${page} (${reason}): open the link above in one`)
  })
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler']
}

/** Not the token itself: the command line of a browser can be read by every user of the machine. */
async function oneTimeCode(address: ApiAddress, token: string | undefined): Promise<string> {
  const page = dashboardLink(address, {})
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const response = await fetch(new URL(CODE_PATH, page), { headers })
  if (!response.ok) throw new NoDashboardError(`the daemon refused: ${(await response.text()).trim()}`)
  return text(parse(await response.text()), 'code')
}

/** A program that finds no browser ends, and says so with its exit code; one that is a browser itself goes on. */
const OPENER_MS = 3_000

/** Resolves with why it could not be opened; undefined when it was. */
async function openInBrowser(link: string): Promise<string | undefined> {
  const { BROWSER } = process.env
  const [program, ...args] = BROWSER === undefined ? (OPENERS[process.platform] ?? ['xdg-open']) : [BROWSER]
  const opener = spawn(program, [...args, link], { stdio: 'ignore', detached: true })
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const timer = setTimeout(() => resolve(undefined), OPENER_MS)
  opener.once('error', (error) => resolve(error.message))
  opener.once('exit', (code, signal) => resolve(code === 0 ? undefined : `${program} ended with ${code ?? signal}`))
  const reason = await promise
  clearTimeout(timer)
  opener.unref()
  return reason
}
