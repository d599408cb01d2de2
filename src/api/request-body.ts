import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'

/** Body bytes of a request that takes none; more is refused. */
const MAX_IDLE_BODY_BYTES = 64 * 1024

/** The chunks of a body. Throws a `parse` error when none comes for `idleMs` while one is waited for. */
export async function* patientBody(request: IncomingMessage, idleMs: number): AsyncGenerator<Uint8Array> {
  const chunks = (request as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  for (;;) {
    const next = await inTime(chunks.next(), idleMs)
    if (next.done === true) return
    yield next.value
  }
}

async function inTime<T>(promise: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const error = new ApiError('parse', `the body stopped: nothing of it came for ${idleMs / 1_000} s`)
    timer = setTimeout(() => reject(error), idleMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Reads the body of a request that takes none away, up to a little. */
export function discardBody(request: IncomingMessage): void {
  let bytes = 0
  request.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > MAX_IDLE_BODY_BYTES) request.destroy()
  })
}
