import { assert } from '../errors.ts'
import type { PeerService } from '../api/service/peer-service.ts'
import type { Call } from '../api/server/route.ts'
import type { Cli } from './cli.ts'

/** Prints what the API answers to a command, in its very shape: programs need to know one form only. */
export async function printJson(
  cli: Cli,
  service: PeerService,
  path: string,
  args: readonly string[] = [],
  options: Readonly<Record<string, string | number | boolean | readonly string[]>> = {}
): Promise<void> {
  // Only where it is needed: to load all commands of the API takes longer than most of what is asked of it.
  const { ROUTES } = await import('../api/server/routes.ts')
  const route = ROUTES.get(path)
  assert(route, `the API has a command ${path}`)
  const call: Call = { args, options: new Map(Object.entries(options)), files: noFiles, signal: cli.signal }
  const reply = await route.run(service, call)
  if (reply.kind === 'json') await cli.print(JSON.stringify(reply.value))
  if (reply.kind === 'lines') for await (const value of reply.values) await cli.print(JSON.stringify(value))
}

async function* noFiles(): AsyncGenerator<never> {
  // Commands that take files are not printed this way.
}
