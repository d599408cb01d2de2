import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'

interface Options {
  readonly format?: string
}

export function build(cli: Cli): Command {
  const command = new Command('id')
    .summary('show this peer, or another')
    .description('Show the id, key, addresses and protocols of this peer, or of one that it is connected to.')
    .argument('[peer]', 'a peer id')
    .option('-f, --format <text>', 'print this text, with <id> <aver> <pubkey> <addrs> <protocols> filled in')
    .addHelpText('after', '\nExample:\n  barter id --format "<addrs>"')
  return command.action(async (peer: string | undefined, options: Options) => {
    await cli.withService(command, 'repo', async (service) => {
      const args = peer === undefined ? [] : [peer]
      if (cli.begin(command).json === true) {
        await printJson(cli, service, 'id', args)
        return
      }
      const info = await service.id(peer, { signal: cli.signal })
      await cli.write(
        options.format === undefined
          ? `${JSON.stringify(toJson(info), null, '\t')}\n`
          : `${fill(options.format, info)}\n`
      )
    })
  })
}

type Info = Awaited<ReturnType<Parameters<Parameters<Cli['withService']>[2]>[0]['id']>>

function toJson({ id, publicKey, addresses, agentVersion, protocols }: Info): unknown {
  return { ID: id, PublicKey: publicKey, Addresses: addresses, AgentVersion: agentVersion, Protocols: protocols }
}

function fill(format: string, info: Info): string {
  const values: Readonly<Record<string, string>> = {
    id: info.id,
    aver: info.agentVersion,
    pubkey: info.publicKey,
    addrs: info.addresses.join('\n'),
    protocols: info.protocols.join('\n')
  }
  const known = format.replace(/<(id|aver|pubkey|addrs|protocols)>/gu, (_, name: string) => values[name] ?? '')
  return known.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
}
