import { Option, type Command } from 'commander'

/**
 * A flag that is on unless it is given as `--no-x`, which `off` tells of, or as `--x=false`, as Kubo's users write it. The
 * word after it is never its value.
 */
export function onByDefault(command: Command, flags: string, off: string): Command {
  const long = flags.replace(/^-\w, /u, '')
  return command.addOption(new Option(flags).default(true).hideHelp()).option(long.replace('--', '--no-'), off)
}
