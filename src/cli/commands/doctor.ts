import { Command } from 'commander'
import type { Finding } from '../../api/service/insight-service.ts'
import { BitswapError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'

const MARKS: Readonly<Record<Finding['level'], string>> = {
  ok: 'ok      ',
  note: 'note    ',
  warning: 'warning ',
  problem: 'PROBLEM '
}

export function build(cli: Cli): Command {
  const doctor = new Command('doctor')
    .summary('find out what is wrong')
    .description(
      'Tell how the peer is doing, whether a daemon runs or not; or, with a CID or a path, why the block can or cannot ' +
        'be had. It is asked for, for some seconds, as any request does. Of one that is here, what is below it is looked at, too. ' +
        'Ends with 1 when there is a problem.'
    )
    .argument('[path]', 'a block that does not come: <cid>, <cid>/a/b or ipfs://<cid>')
    .addHelpText('after', '\nExamples:\n  barter doctor\n  barter doctor bafy…\n  barter doctor --json')
  doctor.action(async (path: string | undefined) => {
    await cli.withService(doctor, 'doctor', async (service) => {
      if (cli.begin(doctor).json === true) {
        await printJson(cli, service, 'doctor', path === undefined ? [] : [path])
        return
      }
      const { findings } = await service.insight.diagnose(path, { signal: cli.signal })
      for (const { level, text, advice } of findings) {
        await cli.print(`${MARKS[level]}${text}`)
        if (advice !== undefined) await cli.print(`        → ${advice}`)
      }
      const problems = findings.filter(({ level }) => level === 'problem').length
      if (problems > 0)
        throw new BitswapError(
          'DoctorError',
          'ERR_PROBLEMS',
          problems === 1 ? 'there is a problem' : `there are ${problems} problems`
        )
    })
  })
  return doctor
}
