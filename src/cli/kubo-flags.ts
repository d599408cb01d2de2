import { Option, type Command } from 'commander'
import { InvalidParametersError } from '../errors.ts'

/** Flags of Kubo's program that scripts give, and that hold here as they are: taken, and not told of in the help. */
export function acceptFlags(command: Command, flags: readonly string[]): Command {
  for (const one of flags) command.addOption(new Option(one).hideHelp())
  return command
}

/** Flags of Kubo's program that would promise what is not done here, each with why. `--x=false` promises nothing, and is taken. */
export function refuseFlags(command: Command, reasons: Readonly<Record<string, string>>): Command {
  for (const [flags, why] of Object.entries(reasons)) {
    const option = new Option(flags).hideHelp()
    command.addOption(option).on(`option:${option.name()}`, () => {
      throw new InvalidParametersError(`${option.long ?? flags} is refused: ${why}`)
    })
  }
  return command
}

/** What Kubo's commands that store or pin take on telling others of it. Here the queue of providing does so in its turn. */
export function addProvideFlags(command: Command): Command {
  acceptFlags(command, ['--fast-provide-root'])
  const why = 'what is stored is announced in its turn; "barter routing provide -r <cid>" does it now, and waits'
  return refuseFlags(command, { '--fast-provide-dag': why, '--fast-provide-wait': why })
}
