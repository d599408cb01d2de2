import type { ServerResponse } from 'node:http'

/** As nginx counts whoever hung up before there was an answer. Nobody is there to get it. */
export const CLIENT_GONE = 499
/** What a client is told, where there is time to, when this side ends a request that it has not answered. */
const CUT_OFF = 503

/**
 * What a response that was closed counts as: its status or, where it had none, which side ended it. Many an answer has no
 * end but that somebody has seen enough.
 */
export function countedStatus(response: ServerResponse): number {
  return response.headersSent ? response.statusCode : statusOfEnd(response)
}

/** The same where an answer is nothing unless it is whole. */
export function statusOfWhole(response: ServerResponse): number {
  return response.writableFinished ? response.statusCode : statusOfEnd(response)
}

/** Only from the other side come an end and a broken connection; of whoever is cut off here, at most a write is given up. */
function statusOfEnd({ req: { socket } }: ServerResponse): number {
  const { errored, readableEnded } = socket
  const isBroken = errored !== null && !('code' in errored && errored.code === 'ECANCELED')
  return readableEnded || isBroken ? CLIENT_GONE : CUT_OFF
}
