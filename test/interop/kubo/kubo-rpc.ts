/** Kubo's HTTP RPC, as far as the suite uses it. Errors carry Kubo's own words. */

export type RpcOptions = Readonly<Record<string, string | number | boolean>>

export interface RpcCall {
  readonly args?: readonly string[]
  readonly options?: RpcOptions
  /** Each becomes one file of a multipart body. */
  readonly files?: readonly Uint8Array[]
  /** A multipart body as it is, in place of `files`. */
  readonly form?: FormData
  /** Closing the call makes Kubo give up what it was asked for. */
  readonly signal?: AbortSignal | undefined
}

export class KuboError extends Error {
  override readonly name = 'KuboError'
}

export class KuboRpc {
  readonly #base: string

  /** `base` is where the RPC listens: `http://127.0.0.1:<port>`. */
  constructor(base: string) {
    this.#base = base
  }

  async bytes(command: string, call: RpcCall = {}): Promise<Uint8Array> {
    const response = await this.#post(command, call)
    return new Uint8Array(await response.arrayBuffer())
  }

  async text(command: string, call: RpcCall = {}): Promise<string> {
    return await (await this.#post(command, call)).text()
  }

  /** The one JSON value of the answer. */
  async json(command: string, call: RpcCall = {}): Promise<unknown> {
    const [value] = await this.lines(command, call)
    return value
  }

  /** The JSON values of the answer, one a line. An error among them rejects. */
  async lines(command: string, call: RpcCall = {}): Promise<unknown[]> {
    const text = await this.text(command, call)
    const values = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line))
    for (const value of values) {
      if (field(value, 'Type') === 'error') throw new KuboError(`${command}: ${field(value, 'Message')}`)
    }
    return values
  }

  /** Adds files and folders by their paths; text is the target of a link, undefined a folder. The root comes last. */
  async add(files: ReadonlyMap<string, Uint8Array | string | undefined>, options: RpcOptions): Promise<unknown[]> {
    const form = new FormData()
    for (const [path, content] of files) form.append('file', part(content), encodeURIComponent(path))
    return await this.lines('add', { form, options })
  }

  async #post(command: string, { args = [], options = {}, files = [], signal, ...call }: RpcCall): Promise<Response> {
    const query = new URLSearchParams(
      Object.entries(options).map(([name, value]): [string, string] => [name, String(value)])
    )
    for (const arg of args) query.append('arg', arg)
    const body = files.length > 0 ? form(files) : call.form
    const init: RequestInit = { method: 'POST', ...(signal && { signal }), ...(body && { body }) }
    const response = await fetch(`${this.#base}/api/v0/${command}?${query.toString()}`, init)
    if (!response.ok) throw new KuboError(`${command}: ${await reason(response)}`)
    return response
  }
}

/** A field of a JSON object, as text; empty when there is none. */
export function field(value: unknown, name: string): string {
  const found = member(value, name)
  return found === undefined || found === null ? '' : String(found)
}

/** A field of a JSON object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** A list of a JSON object; Kubo writes an empty one as null. */
export function list(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name)
  return Array.isArray(found) ? found : []
}

function form(files: readonly Uint8Array[]): FormData {
  const body = new FormData()
  files.forEach((file, i) => body.append('file', new Blob([new Uint8Array(file)]), `file-${i}`))
  return body
}

/** The types are Kubo's. */
function part(content: Uint8Array | string | undefined): Blob {
  if (content === undefined) return new Blob([], { type: 'application/x-directory' })
  if (typeof content === 'string') return new Blob([content], { type: 'application/symlink' })
  return new Blob([new Uint8Array(content)], { type: 'application/octet-stream' })
}

async function reason(response: Response): Promise<string> {
  const text = await response.text()
  try {
    return field(JSON.parse(text), 'Message')
  } catch {
    return `${response.status} ${text}`
  }
}
