import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ApiError } from '../api-error.ts'
import type { Tree } from '../service/peer-service.ts'
import { writeTar } from './tar-write.ts'

export interface ArchiveOptions {
  /** A tar archive; without it, and compressed, one file as it is. */
  readonly archive: boolean
  /** How hard gzip tries, 1 to 9; undefined leaves all as it is. */
  readonly level: number | undefined
}

/** What gzip takes to be enough by itself. */
const USUAL_LEVEL = 6
const FOLDER = 'file is not regular: compress a folder as an archive'

/** The level asked for; undefined when nothing is to be compressed. Throws for what is no level. */
export function compressionLevel(compress: boolean, level: number | undefined): number | undefined {
  if (level !== undefined && (level < 1 || level > 9)) {
    throw new ApiError('command', 'compression level must be between 1 and 9', { code: 1 })
  }
  return compress ? (level ?? USUAL_LEVEL) : undefined
}

/** A tree as one stream of bytes. */
export async function* writeArchive({ entries }: Tree, { archive, level }: ArchiveOptions): AsyncGenerator<Uint8Array> {
  const plain = archive || level === undefined ? writeTar(entries) : onlyFile(entries, FOLDER)
  yield* level === undefined ? plain : gzip(plain, level)
}

/** The bytes of a file: a folder has no place in one stream of them, and is refused with `refusal`. */
export async function* onlyFile(entries: Tree['entries'], refusal: string): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    if (entry.type !== 'file') throw new ApiError('command', refusal)
    yield* entry.content
  }
}

async function* gzip(chunks: AsyncGenerator<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  const compressor = createGzip({ level })
  const done = pipeline(Readable.from(chunks, { objectMode: false }), compressor)
  // Whoever reads the compressor is told as well.
  done.catch(() => undefined)
  yield* compressor as AsyncIterable<Uint8Array>
  await done
}
