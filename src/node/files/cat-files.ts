import type { UnixFSEntry } from 'ipfs-unixfs-exporter'
import type { CatResult } from '../../api/service/peer-service.ts'
import { closingAfter } from '../../closing-after.ts'
import type { DagReader } from '../../content/dag-reader.ts'
import { fileContent, fileSize } from './read-files.ts'

export interface OpenFile {
  readonly reader: DagReader
  readonly entry: UnixFSEntry
}

/** What is asked of all files together. */
export interface CatRange {
  readonly offset?: number | undefined
  readonly length?: number | undefined
}

/** Several files as one, each read when its turn comes. All are closed at the end, and when one is no file. */
export function catFiles(files: readonly OpenFile[], { offset = 0, length = Infinity }: CatRange): CatResult {
  let skip = offset
  let left = length
  let size = 0
  try {
    const contents = files.map(({ reader, entry }) => {
      const whole = fileSize(entry)
      const start = Math.min(skip, whole)
      const bytes = Math.max(0, Math.min(left, whole - start))
      skip -= start
      left -= bytes
      size += bytes
      return (): AsyncGenerator<Uint8Array> => {
        if (bytes === whole) reader.readAhead(entry.cid)
        return fileContent(reader, entry, start, bytes)
      }
    })
    return { size, content: closingAfter(oneAfterTheOther(contents), () => closeFiles(files)) }
  } catch (error) {
    closeFiles(files)
    throw error
  }
}

export function closeFiles(files: readonly OpenFile[]): void {
  for (const { reader } of files) reader.close()
}

async function* oneAfterTheOther(contents: readonly (() => AsyncGenerator<Uint8Array>)[]): AsyncGenerator<Uint8Array> {
  for (const content of contents) yield* content()
}
