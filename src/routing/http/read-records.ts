import { RouterError } from '../router.ts'

export interface RecordLimits {
  /** Bytes of one answer, after decompression. */
  readonly maxBytes: number
  /** Bytes of one line of an answer that comes line by line. */
  readonly maxLineBytes: number
}

type Chunks = AsyncIterable<Uint8Array>

/** Records of an answer as they come, one JSON value a line. A line that is none counts as `undefined`. */
export async function* readLines(chunks: Chunks, limits: RecordLimits): AsyncGenerator {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bounded(chunks, limits.maxBytes)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > limits.maxLineBytes) throw tooLong(limits.maxLineBytes)
    for (const line of lines) if (line.trim() !== '') yield parse(line, limits.maxLineBytes)
  }
  if (rest.trim() !== '') yield parse(rest, limits.maxLineBytes)
}

/** Records of an answer that is one JSON object: those of its list `name`. */
export async function* readObject(chunks: Chunks, name: string, { maxBytes }: RecordLimits): AsyncGenerator {
  const parts: Uint8Array[] = []
  for await (const chunk of bounded(chunks, maxBytes)) parts.push(chunk)
  const answer = parse(Buffer.concat(parts).toString('utf8'), maxBytes)
  if (typeof answer !== 'object' || answer === null) throw new RouterError('the answer is no JSON object')
  const list: unknown = Reflect.get(answer, name) ?? []
  if (!Array.isArray(list)) throw new RouterError(`"${name}" of the answer is no list`)
  yield* list
}

async function* bounded(chunks: Chunks, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new RouterError(`the answer is longer than ${maxBytes} bytes`)
    yield chunk
  }
}

function parse(text: string, maxLength: number): unknown {
  if (text.length > maxLength) throw tooLong(maxLength)
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function tooLong(max: number): RouterError {
  return new RouterError(`a line of the answer is longer than ${max} bytes`)
}
