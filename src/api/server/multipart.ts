import { ByteReader } from '../formats/byte-reader.ts'
import { ApiError } from '../api-error.ts'

/** One part of a `multipart/form-data` body. Its content must be read before the next part is asked for. */
export interface Part {
  readonly name: string
  /** As sent, decoded; empty when there was none. */
  readonly filename: string
  readonly type: string
  readonly content: AsyncGenerator<Uint8Array>
}

/** Bytes of one header line of a part, and lines of them: enough for the longest path of any file system. */
const MAX_HEADER_BYTES = 16 * 1024
const MAX_HEADERS = 16

/** The boundary of a `multipart/form-data` content type; undefined when it is another type. */
export function multipartBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/(?:form-data|mixed)\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/iu.exec(
    contentType ?? ''
  )
  return match?.[1] ?? match?.[2]
}

/** Reads the parts one after the other, without keeping more of them than one chunk. */
export async function* readMultipart(body: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const reader = new ByteReader(body)
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  try {
    const opening = await reader.read(delimiter.length - 2)
    if (!opening.equals(delimiter.subarray(2))) throw new RangeError('it does not begin with its boundary')
    for (let end = await reader.read(2); end.toString('latin1') !== '--'; end = await reader.read(2)) {
      if (end.toString('latin1') !== '\r\n') throw new RangeError('a boundary does not end its line')
      const headers = await readHeaders(reader)
      const content = reader.until(delimiter)
      yield { ...headers, content }
      await skip(content)
    }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('parse', `the multipart body is broken: ${error instanceof Error ? error.message : ''}`, {
      cause: error
    })
  }
  await reader.drain()
}

async function skip(content: AsyncGenerator<Uint8Array>): Promise<void> {
  while ((await content.next()).done !== true);
}

async function readHeaders(reader: ByteReader): Promise<Omit<Part, 'content'>> {
  let name = ''
  let filename = ''
  let type = ''
  for (let count = 0; ; count += 1) {
    const line = await reader.line(MAX_HEADER_BYTES)
    if (line === '') return { name, filename, type }
    if (count === MAX_HEADERS) throw new RangeError(`a part has more than ${MAX_HEADERS} headers`)
    const colon = line.indexOf(':')
    const key = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (key === 'content-type') type = value
    if (key === 'content-disposition') {
      name = /;\s*name="([^"]*)"/iu.exec(value)?.[1] ?? ''
      filename = decodeName(/;\s*filename="([^"]*)"/iu.exec(value)?.[1] ?? '')
    }
  }
}

/** File names travel %-encoded, with `+` for a blank, as in a query. */
function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new ApiError('parse', `the file name "${text}" is not %-encoded`)
  }
}
