import { Command } from 'commander'
import type { ConfigEntry } from '../../api/service/config-service.ts'
import { changeJson, CONFIG_ROUTES } from '../../api/routes/config.ts'
import { assert, InvalidParametersError } from '../../errors.ts'
import { isObject, valueAt } from '../../node/config/json.ts'
import type { MaybePromise } from '../../ports.ts'
import { changeLines } from '../change-lines.ts'
import { quote } from '../command-prefix.ts'
import type { Cli } from '../cli.ts'
import { readSmallFile } from '../file-error.ts'
import { printJson } from '../print-json.ts'
import { addConfigEdit } from './config-edit.ts'

interface Options {
  readonly bool?: boolean
}

const EXAMPLES = `
Examples:
  barter config Swarm.ConnMgr.HighWater
  barter config Swarm.ConnMgr.HighWater 200
  barter config --json Swarm.ConnMgr.HighWater null   # its default again; "barter config edit" removes a line
  barter config --json Addresses.Swarm '["/ip4/0.0.0.0/tcp/4001"]'
  barter config show --origin`

export function build(cli: Cli): Command {
  const config = new Command('config')
    .summary('see and change the settings')
    .description(
      'Show a setting of the config file, or change it. What can change while a daemon runs is in force at once; of the ' +
        'rest it is said that a restart is needed. All keys: docs/config.md, or "barter config schema".'
    )
    .argument('[key]', 'such as Addresses.API')
    // Words such as "set" make more of them; what was meant is told below.
    .argument('[value...]', 'the new value')
    .usage('[options] [command] [key] [value]')
    .option('--bool', 'the value is true or false (with --json: it is JSON)')
    .addHelpText('after', EXAMPLES)
  config.action(async (key: string | undefined, [value]: string[], options: Options) => {
    // An option of every command, which means more here: the value is JSON.
    const { json = false } = cli.begin(config)
    refuseVerb(config.args)
    if (key === undefined) throw new InvalidParametersError('name a key, or use "barter config show"')
    await cli.withService(config, 'settings', async (service) => {
      if (value === undefined) {
        const found = await service.config.get(key)
        const isPlain = typeof found === 'string' && !json
        await cli.write(`${isPlain ? found : JSON.stringify(found, null, 2)}\n`)
        return
      }
      const route = CONFIG_ROUTES.find(({ path }) => path === 'config')
      assert(route, 'the API has a command config')
      const { bool = false } = options
      const given = new Map([
        ['bool', bool],
        ['json', json]
      ])
      const call = { args: [key, value], options: given, files: none, signal: cli.signal }
      const reply = await withJsonAdvice(json || bool ? '' : value, key, () => route.run(service, call))
      if (reply.kind === 'json') await printChange(cli, reply.value)
    })
  })
  addShow(config, cli)
  addReplace(config, cli)
  addProfile(config, cli)
  addConfigEdit(config, cli)
  addReload(config, cli)
  addSchema(config, cli)
  return config
}

/** What other programs have as words of their own: the key `get` of the config is not what is meant. */
function refuseVerb([word = '', key = '<key>', value = '<value>', ...more]: readonly string[]): void {
  const meant = {
    get: `barter config ${key}`,
    set: `barter config ${key} ${quote(value)}`,
    ...Object.fromEntries(['unset', 'rm', 'remove', 'delete'].map((one) => [one, `barter config --json ${key} null`])),
    ...Object.fromEntries(['list', 'ls'].map((one) => [one, 'barter config show']))
  }[word]
  if (meant !== undefined) throw new InvalidParametersError(`"config ${word}" is no command: did you mean "${meant}"?`)
  if (more.length > 0 || value !== '<value>') {
    throw new InvalidParametersError('too many arguments: expected a key and a value, in quotes if it has spaces')
  }
}

function addShow(config: Command, cli: Cli): void {
  const show = config
    .command('show')
    .summary('show all of it')
    .description('Show the config file without its secrets, or every setting that is in force and where it comes from.')
    .option('--origin', 'every setting, and where it comes from')
    .addHelpText('after', '\nExample:\n  barter config show --origin')
  show.action(async ({ origin }: { origin?: boolean }) => {
    await cli.withService(show, 'settings', async (service) => {
      const isJson = cli.begin(show).json === true
      if (origin !== true) await cli.write(`${JSON.stringify(await service.config.show(), null, 2)}\n`)
      else if (isJson) await printJson(cli, service, 'config/effective')
      else for (const entry of await service.config.effective()) await cli.print(originLine(entry))
    })
  })
}

function addReplace(config: Command, cli: Cli): void {
  const replace = config
    .command('replace')
    .summary('put another config in its place')
    .description('Replace the config by a file. Its identity stays, and so do secrets that the file leaves out.')
    .argument('<file>', 'a config')
    .addHelpText('after', '\nExample:\n  barter config replace new-config.json')
  replace.action(async (file: string) => {
    const next = parse(Buffer.from(await readSmallFile(file)).toString('utf8'), file)
    await cli.withService(replace, 'settings', async (service) => {
      const change = await service.config.replace(next)
      if (cli.begin(replace).json === true) await cli.print(JSON.stringify(changeJson(change)))
      else for (const line of changeLines(change)) await cli.advise(line)
    })
  })
}

function addProfile(config: Command, cli: Cli): void {
  const group = config.command('profile').summary('apply profiles').description('Apply named changes to the config.')
  const apply = group
    .command('apply')
    .summary('apply profiles')
    .description('Apply profiles to the config: test, server, lowpower, randomports, announce-off and others.')
    .argument('<names>', 'with commas between them')
    .option('--dry-run', 'only show what would change')
    .addHelpText('after', '\nExample:\n  barter config profile apply server --dry-run')
  apply.action(async (names: string, { dryRun = false }: { dryRun?: boolean }) => {
    await cli.withService(apply, 'settings', async (service) => {
      if (cli.begin(apply).json === true) {
        await printJson(cli, service, 'config/profile/apply', [names], { 'dry-run': dryRun })
        return
      }
      const change = await service.config.applyProfiles(names, { dryRun })
      for (const key of change.changed) {
        const [before, after] = [change.before, change.after].map((config) => show(valueAt(config, key.split('.'))))
        await cli.print(`${key}: ${before ?? ''} -> ${after ?? ''}`)
      }
      for (const line of changeLines(change)) await cli.advise(line)
    })
  })
}

function addReload(config: Command, cli: Cli): void {
  const reload = config
    .command('reload')
    .summary('make a daemon read it again')
    .description('Make the running daemon read its config file again, as SIGHUP does.')
    .addHelpText('after', '\nExample:\n  barter config reload')
  reload.action(async () => {
    await cli.withService(reload, 'daemon', async (service) => {
      if (cli.begin(reload).json === true) await printJson(cli, service, 'config/reload')
      else for (const line of changeLines(await service.config.reload())) await cli.advise(line)
    })
  })
}

function addSchema(config: Command, cli: Cli): void {
  const schema = config
    .command('schema')
    .summary('show what it may hold')
    .description('Print the JSON Schema of the config, for editors and other programs.')
    .addHelpText('after', '\nExample:\n  barter config schema > config.schema.json')
  schema.action(async () => {
    const { configJsonSchema } = await import('../../node/config/json-schema.ts')
    await cli.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  })
}

async function printChange(cli: Cli, value: unknown): Promise<void> {
  const { Changed, Applied, Restart, Notes } = value as Readonly<Record<string, readonly string[]>>
  const change = { changed: Changed ?? [], applied: Applied ?? [], restart: Restart ?? [], notes: Notes ?? [] }
  for (const line of changeLines(change)) await cli.advise(line)
}

function originLine({ key, value, origin, source, isLive }: ConfigEntry): string {
  const from = origin === 'default' || origin === 'file' ? origin : source
  return `${key} = ${JSON.stringify(value)}  (${from}${isLive ? ', live' : ''})`
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InvalidParametersError(`${file} is not JSON`, { cause })
  }
  if (!isObject(value)) throw new InvalidParametersError(`${file} is no config: expected a JSON object`)
  return value
}

/** Is it a list or an object, written as JSON? */
function isStructure(value: string): boolean {
  try {
    return /^\s*[[{]/u.test(value) && JSON.parse(value) !== undefined
  } catch {
    return false
  }
}

/** A list or an object that is refused was taken for a text. */
async function withJsonAdvice<Result>(value: string, key: string, set: () => MaybePromise<Result>): Promise<Result> {
  try {
    return await set()
  } catch (cause) {
    if (!isStructure(value)) throw cause
    const advice = `use --json, as in "barter config --json ${quote(key)} ${quote(value)}"`
    throw new InvalidParametersError(`refused, and nothing was written: the value was taken for a text: ${advice}`, {
      cause
    })
  }
}

async function* none(): AsyncGenerator<never> {
  // No file goes along.
}
