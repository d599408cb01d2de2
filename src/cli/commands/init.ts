import { Command } from 'commander'
import { InvalidParametersError } from '../../errors.ts'
import { busyPortsLine } from '../busy-ports.ts'
import type { Cli } from '../cli.ts'

interface Options {
  readonly profile?: string
  readonly algorithm?: string
}

/** By name, since the help need not load them. */
const PROFILES =
  'apply profiles to the config: test, randomports, default-networking, local-only, server, local-discovery, lowpower, ' +
  'announce-off, announce-on, autoconf-off, flatfs'

export function build(cli: Cli): Command {
  const command = new Command('init')
    .summary('make a repo')
    .description('Make a repo with a new identity: a config, and room for blocks and metadata.')
    .option('-p, --profile <names>', PROFILES)
    .option('-a, --algorithm <name>', 'kind of key: ed25519', 'ed25519')
    .option('-e, --empty-repo', 'accepted, as every new repo is empty')
    .addHelpText('after', '\nExample:\n  BARTER_PATH=/srv/barter barter init --profile randomports')
  return command.action(async (options: Options) => {
    if (options.algorithm !== undefined && options.algorithm !== 'ed25519') {
      throw new InvalidParametersError(`keys are ed25519 here, not ${options.algorithm}: leave out --algorithm`)
    }
    const { root, json } = cli.begin(command)
    const { initRepo } = await import('../../node/repo/repo-init.ts')
    const identity = await initRepo(root, {
      onBusyPorts: (moved) => cli.warn(busyPortsLine(moved, root)),
      ...(options.profile === undefined ? {} : { profile: options.profile })
    })
    if (json === true) {
      await cli.print(JSON.stringify({ ID: identity.PeerID, RepoPath: root }))
      return
    }
    await cli.print('generating ED25519 keypair...done')
    await cli.print(`peer identity: ${identity.PeerID}`)
    await cli.print(`initialized a barter repo at ${root}`)
  })
}
