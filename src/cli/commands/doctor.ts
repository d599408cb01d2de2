import { Command } from 'commander'
import { formatDuration, readDuration } from '../../api/formats/duration.ts'
import { TRIAL_MS, type Diagnosis, type Finding } from '../../api/service/insight-service.ts'
import type { PeerService } from '../../api/service/peer-service.ts'
import { BitswapError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'

/** Milliseconds that it takes to bring an answer, at most: an answer that comes too late is none. */
const ANSWER_MS = 500

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
    await cli.withService(doctor, 'doctor', async (service, { isDaemon }) => {
      const { json = false, timeout } = cli.begin(doctor)
      const withinMs = timeout === undefined ? undefined : withinOf(readDuration(timeout))
      if (json) {
        const within = withinMs === undefined ? {} : { within: `${withinMs}ms` }
        await printJson(cli, service, 'doctor', path === undefined ? [] : [path], within)
        return
      }
      if (path !== undefined && isDaemon) {
        const longest = formatDuration(Math.min(TRIAL_MS, withinMs ?? TRIAL_MS))
        cli.output.draw(`what is not here is asked of peers, for up to ${longest} …`)
      }
      const { findings } = await diagnosed(cli, service, path, withinMs)
      for (const { level, text, advice } of findings) {
        await cli.advise(`${MARKS[level]}${text}`)
        if (advice !== undefined) await cli.advise(`        → ${advice}`)
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

/** Of a time that is given, so much is for finding out: the rest is for telling of it. */
function withinOf(timeoutMs: number): number {
  return Math.max(Math.floor(timeoutMs / 2), timeoutMs - ANSWER_MS)
}

async function diagnosed(
  cli: Cli,
  { insight }: PeerService,
  path: string | undefined,
  withinMs: number | undefined
): Promise<Diagnosis> {
  try {
    return await insight.diagnose(path, { withinMs, signal: cli.signal })
  } finally {
    cli.output.draw(undefined)
  }
}
