import { tell } from '../state/notices.ts'
import { shortId, shortPeer } from '../format/short-id.ts'
import { command, type Options } from './command.ts'

/** Does what a button says, and tells what came of it. Resolves to false when it failed. */
async function act(done: string, path: string, options: Options): Promise<boolean> {
  try {
    const failure = failureOf(await command(path, options))
    tell(failure === undefined ? 'done' : 'failed', failure ?? done)
    return failure === undefined
  } catch (error) {
    tell('failed', error instanceof Error ? error.message : String(error))
    return false
  }
}

/** Some commands answer well, and say in a line of their answer that it went wrong. */
export function failureOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('Strings' in answer)) return undefined
  const lines: readonly unknown[] = Array.isArray(answer.Strings) ? answer.Strings : []
  return lines.map(String).find((line) => / failure(:|$)/u.test(line))
}

export const actions = {
  unwant: (cid: string) => act(`Cancelled the want for ${shortId(cid)}`, 'bitswap/unwant', { arg: cid }),
  connect: (address: string) => act('Connected', 'swarm/connect', { arg: address }),
  disconnect: (peer: string) => act(`Disconnected ${shortPeer(peer)}`, 'swarm/disconnect', { arg: `/p2p/${peer}` }),
  allow: (peer: string) => act(`${shortPeer(peer)} is allowed`, 'bitswap/policy/allow', { peer }),
  deny: (peer: string) => act(`${shortPeer(peer)} is denied`, 'bitswap/policy/deny', { peer }),
  forget: (peer: string) => act(`${shortPeer(peer)} has no rule any more`, 'bitswap/policy/rm', { peer }),
  unban: (peer: string) => act(`${shortPeer(peer)} is not banned any more`, 'bitswap/unban', { arg: peer }),
  limitPeer: (peer: string, rates: { upload?: string; download?: string }) =>
    act(`${shortPeer(peer)} has limits of its own`, 'bitswap/limits', { peer, ...rates }),
  unlimitPeer: (peer: string) =>
    act(`${shortPeer(peer)} has the limits of every peer`, 'bitswap/limits', { peer, reset: 'true' }),
  limits: (limits: Options) => act('The limits have changed', 'bitswap/limits', limits),
  logLevel: (subsystem: string, level: string) =>
    act(`The log of ${subsystem} is at ${level}`, 'log/level', { arg: [subsystem, level] })
}
