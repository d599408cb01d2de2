/** The log, in Kubo's shapes. */
import { InvalidParametersError } from '../../errors.ts'
import type { LogEntry } from '../service/log-service.ts'
import type { PeerService } from '../service/peer-service.ts'
import { json, lines, text, type Call, type Reply, type Route } from '../server/route.ts'

export const LOG_ROUTES: readonly Route[] = [
  { path: 'log/ls', run: async ({ log }) => json({ Strings: await log.subsystems() }) },
  { path: 'log/level', arg: { name: 'subsystem', min: 0, many: true }, run: level },
  {
    path: 'log/tail',
    options: [{ name: 'log-level', type: 'string' }],
    run: ({ log }, call) => lines(entries(log.tail({ signal: call.signal, level: text(call, 'log-level') })))
  }
]

async function level({ log }: PeerService, { args }: Call): Promise<Reply> {
  const [subsystem, wanted, ...rest] = args
  if (rest.length > 0) throw new InvalidParametersError('expected a subsystem and a level')
  if (subsystem === undefined || wanted === undefined) {
    return json({ Levels: Object.fromEntries(await log.levels(subsystem)) })
  }
  await log.setLevel(subsystem, wanted)
  return json({ Message: `Changed log level of '${subsystem}' to '${wanted}'\n` })
}

/** Fields stand beside what every entry has, as in a log of JSON lines. */
async function* entries(source: AsyncIterable<LogEntry>): AsyncGenerator {
  for await (const { at, level: name, subsystem, message, fields } of source) {
    yield { ...fields, level: name, ts: new Date(at).toISOString(), logger: subsystem, msg: message }
  }
}
