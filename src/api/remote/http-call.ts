import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { closingAfter } from '../../closing-after.ts'
import { NotFoundError } from '../../errors.ts'
import { formatApiAddress, type ApiAddress } from '../api-address.ts'
import { ApiError, ApiUnreachableError } from '../api-error.ts'
import type { MultipartBody } from './multipart-write.ts'

// An import loads all that this module can ever offer, fetch and WebSocket with it: 50 ms, a third of a short command.
const { request } = process.getBuiltinModule('node:http')

export interface HttpCall {
  readonly command: string
  readonly query: URLSearchParams
  readonly body?: MultipartBody
  readonly signal?: AbortSignal | undefined
  /** The `Authorization` header, when one is shown. */
  readonly authorization?: string | undefined
}

export interface HttpReply {
  /** Bytes of content as far as the server told them. */
  readonly length: number | undefined
  /** Ends with an error when the server told of one after its first byte. */
  readonly chunks: AsyncIterableIterator<Uint8Array>
}

/** Bytes of an error text that are read. */
const MAX_ERROR_BYTES = 64 * 1024
/** Time that a connection may take. */
const CONNECT_MS = 10_000

/** One command over HTTP. Rejects with what the server answered, in its words. */
export async function httpCall(address: ApiAddress, call: HttpCall): Promise<HttpReply> {
  call.signal?.throwIfAborted()
  const path = `/api/v0/${call.command}?${call.query.toString()}`
  const { signal, authorization } = call
  const headers = {
    ...(call.body && { 'Content-Type': call.body.contentType }),
    ...(authorization !== undefined && { Authorization: authorization })
  }
  const outgoing = request({ ...address, path, method: 'POST', headers, agent: false, ...(signal && { signal }) })
  limitConnecting(outgoing)
  const upload = new Upload(outgoing)
  try {
    const answered = once(outgoing, 'response')
    void upload.send(call.body?.chunks)
    const [response] = (await answered) as [IncomingMessage]
    if (response.statusCode !== 200) throw await failure(response)
    const chunks = closingAfter(readBody(response, upload, signal), () => response.destroy())
    return { length: contentLength(response), chunks }
  } catch (error) {
    outgoing.destroy()
    signal?.throwIfAborted()
    throw upload.error ?? unreachable(address, error) ?? error
  }
}

/** Sends the body of a request while its answer may already be coming. */
class Upload {
  readonly #outgoing: ClientRequest
  readonly #closed = new AbortController()
  /** Why the body could not be read to its end: the caller's own failure, to be told instead of its consequences. */
  error: Error | undefined

  constructor(outgoing: ClientRequest) {
    this.#outgoing = outgoing
    outgoing.on('close', () => this.#closed.abort())
    // Whoever waits for the response, or reads it, is told as well; without a listener the process would end here.
    outgoing.on('error', () => this.#closed.abort())
  }

  async send(chunks: AsyncIterable<Uint8Array> | undefined): Promise<void> {
    try {
      for await (const chunk of chunks ?? []) {
        if (this.#closed.signal.aborted) return
        if (!this.#outgoing.write(chunk)) await once(this.#outgoing, 'drain', { signal: this.#closed.signal })
      }
      this.#outgoing.end()
    } catch (error) {
      if (!this.#closed.signal.aborted) this.error = error instanceof Error ? error : new Error(String(error))
      this.#outgoing.destroy()
    }
  }
}

async function* readBody(
  response: IncomingMessage,
  upload: Upload,
  signal: AbortSignal | undefined
): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>
  } catch (error) {
    signal?.throwIfAborted()
    throw upload.error ?? new ApiError('command', 'the daemon closed the connection before the end', { cause: error })
  }
  const told = response.trailers['x-stream-error']
  if (told !== undefined) throw new ApiError('command', told)
}

async function failure(response: IncomingMessage): Promise<Error> {
  let text = ''
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (text.length < MAX_ERROR_BYTES) text += chunk.toString('utf8')
  }
  if (response.statusCode === 404) return new ApiError('parse', 'Command not found.')
  const message = errorMessage(text)
  if (message?.includes('could not find') === true) return new NotFoundError(message)
  return new ApiError(message === undefined ? 'parse' : 'command', message ?? text.trim())
}

/** The message of an error object, or undefined when the text is none. */
export function errorMessage(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('Message' in value) || !('Code' in value)) return undefined
  return String(value.Message)
}

function contentLength(response: IncomingMessage): number | undefined {
  const told = response.headers['x-content-length']
  return typeof told === 'string' && /^\d+$/u.test(told) ? Number(told) : undefined
}

/** What failed calls of the system mean for whoever wanted to connect. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  ENOENT: 'there is no such socket',
  EACCES: 'permission denied',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host, or no name server answers',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way to this host',
  ENETUNREACH: 'no way to its network'
}

function unreachable(address: ApiAddress, error: unknown): ApiUnreachableError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
  if (reason === undefined) return undefined
  return new ApiUnreachableError(`at ${formatApiAddress(address)}: ${reason}`, { cause: error })
}

/** A machine that answers nothing would be waited for by the system for minutes. */
function limitConnecting(outgoing: ClientRequest): void {
  const late = Object.assign(new Error('connecting takes too long'), { code: 'ETIMEDOUT' })
  const timer = setTimeout(() => outgoing.destroy(late), CONNECT_MS)
  const stop = (): void => clearTimeout(timer)
  outgoing.once('close', stop)
  outgoing.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', stop)
    else stop()
  })
}
