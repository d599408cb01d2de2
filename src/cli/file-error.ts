import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { InvalidParametersError } from '../errors.ts'
import { systemCode } from '../node/repo/repo-error.ts'

/** Bytes read from a file at a time. */
const READ_BYTES = 256 * 1024

const SENTENCES: ReadonlyMap<string | undefined, (path: string) => string> = new Map([
  ['ENOENT', (path: string) => `there is no file or folder "${path}"`],
  ['ENOTDIR', (path: string) => `there is no file or folder "${path}": a part of the path is a file`],
  ['EISDIR', (path: string) => `"${path}" is a folder: use "barter add -r"`],
  ['EACCES', (path: string) => `"${path}" may not be read: permission denied`],
  ['EPERM', (path: string) => `"${path}" may not be read: permission denied`]
])

/** A file up to this size is read in one piece. */
export const SMALL_FILE_BYTES = READ_BYTES

/** The bytes of a small file. What keeps them from being read is told in a sentence. */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw fileError(error, path)
  }
}

/** What the system says of a file that was named, as a sentence; anything else as it is. */
export function fileError(error: unknown, path: string): unknown {
  const sentence = SENTENCES.get(systemCode(error))
  return sentence === undefined ? error : new InvalidParametersError(sentence(path), { cause: error })
}

/** The bytes of a file, opened when they are asked for; what keeps them from being read is told in a sentence. */
export async function* readFileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>
  } catch (error) {
    throw fileError(error, path)
  }
}
