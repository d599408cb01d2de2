import type { ServerResponse } from 'node:http'

/** As nginx counts whoever hung up before there was an answer. Nobody is there to get it. */
export const CLIENT_GONE = 499
/** What a client is told, where there is time to, when this side ends a request that it has not answered. */
const CUT_OFF = 503

/** What a response that was closed counts as: its status or, where it had none, which side ended it. */
export function countedStatus({ headersSent, statusCode, req: { socket } }: ServerResponse): number {
  if (headersSent) return statusCode
  // Only from the other side come an end and a broken connection; whoever is cut off here says neither.
  return socket.readableEnded || socket.errored !== null ? CLIENT_GONE : CUT_OFF
}
