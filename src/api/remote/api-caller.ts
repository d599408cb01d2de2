import type { ApiAddress } from '../api-address.ts'
import { ApiError } from '../api-error.ts'
import { authHeader } from '../formats/auth-header.ts'
import { collect } from '../formats/collect.ts'
import { errorMessage, httpCall, type HttpReply } from './http-call.ts'
import type { MultipartBody } from './multipart-write.ts'
import * as wire from './wire.ts'

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
type Signal = { readonly signal?: AbortSignal | undefined }

/** Sends commands to the API of another process, and reads what it answers in each of its forms. */
export class ApiCaller {
  readonly #address: ApiAddress
  readonly #authorization: string | undefined

  /** `auth` is a secret as `authHeader` takes it; without one, only what asks for none can be commanded. */
  constructor(address: ApiAddress, { auth }: { readonly auth?: string | undefined } = {}) {
    this.#address = address
    this.#authorization = auth === undefined ? undefined : authHeader(auth)
  }

  /** Bytes as they come. They end with an error when the daemon told of one in its trailer. */
  async bytes(command: string, query: Query = {}, { signal }: Signal = {}, body?: MultipartBody): Promise<HttpReply> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) search.append(name, String(one))
      }
    }
    const authorization = this.#authorization
    return await httpCall(this.#address, { command, query: search, signal, authorization, ...(body && { body }) })
  }

  async text(command: string, query: Query = {}, options?: Signal): Promise<string> {
    const { chunks } = await this.bytes(command, query, options)
    return Buffer.from(await collect(chunks)).toString('utf8')
  }

  /** One value of any kind. */
  async value(command: string, query: Query = {}, options?: Signal): Promise<unknown> {
    return wire.parseValue(await this.text(command, query, options))
  }

  /** One object. */
  async json(command: string, query: Query = {}, options?: Signal): Promise<wire.Fields> {
    return wire.fields(await this.value(command, query, options), 'the answer')
  }

  /** Objects, one a line. An error among them is thrown. */
  async *lines(
    command: string,
    query: Query = {},
    options?: Signal,
    body?: MultipartBody
  ): AsyncGenerator<wire.Fields, void, undefined> {
    const { chunks } = await this.bytes(command, query, options, body)
    for await (const line of splitLines(chunks)) {
      const message = errorMessage(line)
      if (message !== undefined) throw new ApiError('command', message)
      yield wire.parse(line)
    }
  }
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts.filter((part) => part !== '')
  }
  if (rest !== '') yield rest
}
