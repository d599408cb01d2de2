import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { isCausedBy, NotStartedError } from '../../errors.ts'
import { ApiError, errorText } from '../api-error.ts'
import type { Refusal } from './guard.ts'
import type { Reply } from './route.ts'

/** Sends a reply. What fails before the first byte is a status; what fails later is a trailer, as Kubo does it. */
export async function sendReply(response: ServerResponse, reply: Reply, signal: AbortSignal): Promise<void> {
  response.setHeader('Trailer', 'X-Stream-Error')
  switch (reply.kind) {
    case 'empty':
      response.setHeader('Content-Type', 'text/plain')
      response.end()
      return
    case 'json':
      response.setHeader('Content-Type', 'application/json')
      response.end(`${JSON.stringify(reply.value)}\n`)
      return
    case 'lines':
      await sendStream(response, toLines(reply.values), signal, {
        'Content-Type': 'application/json',
        'X-Chunked-Output': '1'
      })
      return
    case 'bytes':
      await sendStream(response, reply.chunks, signal, {
        'Content-Type': reply.type,
        'X-Stream-Output': '1',
        ...(reply.length === undefined ? {} : { 'X-Content-Length': String(reply.length) })
      })
  }
}

export function sendRefusal(response: ServerResponse, { status, text, headers }: Refusal): void {
  if (text === '') response.writeHead(status, headers).end()
  else sendWhole(response, status, text, { 'Content-Type': 'text/plain', ...headers })
}

/** Tells of a failure before any output. */
export function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof ApiError ? error : undefined
  if (known?.kind === 'parse') {
    sendRefusal(response, { status: 400, text: known.message })
    return
  }
  const code = known?.code ?? 0
  const text = `${JSON.stringify({ Message: errorText(error), Code: code, Type: 'error' })}\n`
  const status = known?.kind === 'large' ? 413 : code === 1 ? 400 : 500
  sendWhole(response, status, text, { 'Content-Type': 'application/json' })
}

/** Time in which a caller that is still sending may read why it was refused. */
const LINGER_MS = 1_000

/**
 * Sends why a request was refused, perhaps before all of it has come. To close then would reset the connection, and take
 * the answer away from a caller that is still sending: so the answer goes out whole, and what comes is thrown away until
 * the caller is done, or has had a moment to read.
 */
function sendWhole(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  const request = response.req
  response.removeHeader('Trailer')
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) })
  response.write(text)
  const end = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER_MS).unref()
  if (request.readableEnded || request.destroyed) {
    end()
    return
  }
  request.once('end', end).once('close', end)
  request.on('readable', () => {
    while (request.read() !== null);
  })
}

async function sendStream(
  response: ServerResponse,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  headers: Record<string, string>
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]()
  let next = await iterator.next()
  response.writeHead(200, headers)
  response.flushHeaders()
  try {
    while (next.done !== true) {
      if (!response.write(next.value)) await once(response, 'drain', { signal })
      next = await iterator.next()
    }
  } catch (error) {
    response.addTrailers({ 'X-Stream-Error': headerText(errorText(whyStopped(error, signal))) })
  } finally {
    await iterator.return?.()
  }
  response.end()
}

/** What was stopped while it was used says that it does not run; why it was stopped is what counts. */
export function whyStopped(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && isCausedBy(error, NotStartedError) ? signal.reason : error
}

async function* toLines(values: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`)
}

/** A header takes one line of printable characters. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/gu, ' ')
}
