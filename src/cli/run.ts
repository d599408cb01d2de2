import { CommanderError, type Command } from 'commander'
import { readBooleans } from './boolean-flags.ts'
import { createCli, type Cli, type CliInit } from './cli.ts'
import { COMMANDS } from './command-table.ts'
import { readHelp } from './help-words.ts'
import { createProgram } from './program.ts'

/** Options of the program that take a value, which is not the name of a command. */
const VALUE_OPTIONS: ReadonlySet<string> = new Set([
  '--api',
  '--api-auth',
  '--repo-dir',
  '--timeout',
  '--enc',
  '--encoding',
  '--config',
  '--cid-base'
])

const VERSION_FLAGS: ReadonlySet<string> = new Set(['--version', '-v'])

/** What the shell tells of a process that SIGPIPE ended: 128 and the number of that signal. Node itself is deaf to it. */
const READER_GONE = 141

/**
 * Runs one command line; resolves with the exit code: 0, 1, or 141 when who read the output left before its end. Only the
 * file of the command that was chosen is loaded.
 */
export async function runCli(args: readonly string[], init?: CliInit): Promise<number> {
  const cli = createCli(init)
  const words = asksForVersion(args) ? ['version', ...args.filter((arg) => !VERSION_FLAGS.has(arg))] : args
  try {
    await runCommand(cli, words)
    // Only while it ran can that have stopped it.
    const { isReaderGone } = cli.output
    await cli.output.flush()
    return isReaderGone ? READER_GONE : 0
  } catch (error) {
    // What was printed before comes first.
    await cli.output.flush().catch(() => undefined)
    if (error instanceof CommanderError) return 1
    // Who closed the pipe, as `head` does, has seen enough. What the command was to do may be half done.
    if (cli.output.isReaderGone) return READER_GONE
    cli.fail(error)
    return 1
  } finally {
    cli.close()
  }
}

async function runCommand(cli: Cli, words: readonly string[]): Promise<void> {
  try {
    const program = await buildProgram(cli, words)
    await program.parseAsync(readHelp(readBooleans(words, program), program), { from: 'user' })
  } catch (error) {
    // Help and the version end this way.
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error
  }
}

/** As programs are asked by habit; commands have a `-v` of their own. */
function asksForVersion(args: readonly string[]): boolean {
  return chosenCommand(args) === undefined && args.some((arg) => VERSION_FLAGS.has(arg))
}

async function buildProgram(cli: Cli, args: readonly string[]): Promise<Command> {
  const program = createProgram()
  const name = chosenCommand(args)
  for (const entry of COMMANDS) {
    if (entry.name === name) program.addCommand((await entry.load()).build(cli, COMMANDS))
    else program.command(entry.name, entry.hidden === true ? { hidden: true } : {}).summary(entry.summary)
  }
  inherit(program, program.commands)
  return program
}

/** The first word that is neither an option nor its value. `help <command>` needs that command, too. */
function chosenCommand(args: readonly string[]): string | undefined {
  const words = args.filter((arg, index) => !arg.startsWith('-') && !VALUE_OPTIONS.has(args[index - 1] ?? ''))
  return words[0] === 'help' ? words[1] : words[0]
}

/** Commander hands its settings on only to commands that it made itself. */
function inherit(parent: Command, children: readonly Command[]): void {
  for (const child of children) {
    child.copyInheritedSettings(parent)
    inherit(child, child.commands)
  }
}
