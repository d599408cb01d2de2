import { Command, Option } from 'commander'
import { refuseFlags } from './kubo-flags.ts'
import { usageText } from './usage-text.ts'

/** Options that scripts give to Kubo's program; each stands for one of ours, or changes nothing here. */
const KUBO_OPTIONS = [
  new Option('--enc, --encoding <type>', 'text or json').choices(['text', 'json']),
  new Option('-L, --local', '--offline'),
  new Option('--config <path>', '--repo-dir'),
  new Option('-D, --debug', 'accepted, and without effect'),
  new Option('--stream-channels', 'accepted, and without effect')
]

const CIDS_AS_THEY_ARE = 'commands print CIDs as they are; the API takes it'

/** The program with the options that every command takes. Its errors read as all errors do, and are thrown. */
export function createProgram(): Command {
  const program = new Command('barter')
    .description('Trade content-addressed blocks with other peers.')
    .option('--repo-dir <path>', 'directory of the repo (default: $IPFS_PATH, $BARTER_PATH or ~/.barter)')
    .option('--api <multiaddr>', 'talk to the daemon at this address')
    .option('--api-auth <secret>', 'show this secret to the daemon, such as bearer:<token>')
    .option('--offline', 'use only what is in the repo')
    .option('--timeout <duration>', 'give up after a time such as 30s')
    .option('--json', 'print JSON, for programs')
    .option('--version', 'show the version; -v does, too')
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(true)
    .showHelpAfterError('Try --help.')
    .configureOutput({
      writeErr: (text) => process.stderr.write(text),
      outputError: (text, write) => write(usageText(text))
    })
    .exitOverride()
    .addHelpText('after', `\nExample:\n  barter add -r photos\n  barter get <cid> --from /ip4/…/tcp/4001/p2p/12D3…`)
    .addHelpText('afterAll', ({ command }) =>
      command.parent === null ? '' : '\nOptions of every command, such as --timeout and --json: barter --help'
    )
  for (const option of KUBO_OPTIONS) program.addOption(option.hideHelp())
  return refuseFlags(program, { '--cid-base <base>': CIDS_AS_THEY_ARE, '--upgrade-cidv0-in-output': CIDS_AS_THEY_ARE })
}
