import type { ServerResponse } from 'node:http'
import { CLIENT_GONE } from '../serving/counted-status.ts'
import { GatewayError } from './gateway-error.ts'

/** The caller hung up, or took nothing for too long. */
export class HungUpError extends GatewayError {
  constructor() {
    super(CLIENT_GONE, 'the client is gone')
  }
}

/** Hands pieces to a response as one, and waits until it takes more. Rejects when the client is gone. */
export async function writePieces(response: ServerResponse, pieces: readonly Uint8Array[]): Promise<void> {
  if (response.destroyed) throw new HungUpError()
  let takesMore = true
  response.cork()
  for (const piece of pieces) takesMore = response.write(piece)
  response.uncork()
  if (!takesMore && response.writableNeedDrain) await drained(response)
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      response.off('drain', settle)
      response.off('close', settle)
      if (response.destroyed) reject(new HungUpError())
      else resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
  })
}

/**
 * Ends an answer that cannot be finished so that nobody takes it for whole: by a reset, for an end of the connection would
 * be the end of the answer to a client of HTTP/1.0.
 */
export function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
  response.destroy()
}
