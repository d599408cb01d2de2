import type { IncomingMessage } from 'node:http'
import { unlessAborted } from '../../unless-aborted.ts'
import { ApiError } from '../api-error.ts'
import { readMultipart, type Part } from './multipart.ts'

/** Body bytes of a request that takes none; more is refused. */
const MAX_IDLE_BODY_BYTES = 64 * 1024

export interface UploadOptions {
  readonly boundary: string
  /** Time without a byte that is waited for around the files. */
  readonly idleMs: number
  readonly signal: AbortSignal
}

/**
 * The files of an upload. Throws a `parse` error when nothing of what is around them comes for `idleMs`. Within a file, who
 * sends may rest for as long as it takes: what is piped into a command comes when it comes, and whoever got so far was let
 * in. Those that rest are bounded by `ConnectionBound`, those that are gone found by the system.
 */
export async function* readUpload(
  body: AsyncIterable<Uint8Array>,
  { boundary, idleMs, signal }: UploadOptions
): AsyncGenerator<Part> {
  const patience = { isInFile: false }
  for await (const part of readMultipart(patientBody(body, idleMs, signal, patience), boundary)) {
    patience.isInFile = true
    yield part
    patience.isInFile = false
  }
}

/** The chunks of a body, each waited for with the patience of the moment, and no longer than `signal`. */
async function* patientBody(
  body: AsyncIterable<Uint8Array>,
  idleMs: number,
  signal: AbortSignal,
  patience: { readonly isInFile: boolean }
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  for (;;) {
    signal.throwIfAborted()
    const next = await unlessAborted(inTime(chunks.next(), patience.isInFile ? undefined : idleMs), signal)
    if (next.done === true) return
    yield next.value
  }
}

async function inTime<T>(promise: Promise<T>, idleMs: number | undefined): Promise<T> {
  if (idleMs === undefined) return await promise
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ApiError('parse', `the body stopped: nothing of it came for ${idleMs / 1_000} s`))
    }, idleMs)
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
