import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { ApiError, errorText } from './api-error.ts'
import type { Refusal } from './guard.ts'
import type { Reply } from './route.ts'

/** Sends a reply. What fails before the first byte is a status; what fails later is a trailer, as Kubo does it. */
export async function sendReply(response: ServerResponse, reply: Reply, signal: AbortSignal): Promise<void> {
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
  response.writeHead(status, { ...(text === '' ? {} : { 'Content-Type': 'text/plain' }), ...headers })
  response.end(text)
}

/** Tells of a failure before any output. */
export function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof ApiError ? error : undefined
  if (known?.kind === 'parse') {
    sendRefusal(response, { status: 400, text: known.message })
    return
  }
  const code = known?.code ?? 0
  response.writeHead(code === 1 ? 400 : 500, { 'Content-Type': 'application/json' })
  response.end(`${JSON.stringify({ Message: errorText(error), Code: code, Type: 'error' })}\n`)
}

async function sendStream(
  response: ServerResponse,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  headers: Record<string, string>
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]()
  let next = await iterator.next()
  response.writeHead(200, { ...headers, Trailer: 'X-Stream-Error' })
  response.flushHeaders()
  try {
    while (next.done !== true) {
      if (!response.write(next.value)) await once(response, 'drain', { signal })
      next = await iterator.next()
    }
  } catch (error) {
    response.addTrailers({ 'X-Stream-Error': headerText(errorText(error)) })
  } finally {
    await iterator.return?.()
  }
  response.end()
}

async function* toLines(values: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`)
}

/** A header takes one line of printable characters. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/gu, ' ')
}
