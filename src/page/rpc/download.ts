import { openCommand } from './command.ts'

/** `file` is what `cat` gives, `folder` a tar of everything below, `block` the bytes of one block. */
export type DownloadKind = 'file' | 'folder' | 'block'

export interface DownloadInit {
  readonly path: string
  readonly kind: DownloadKind
  readonly signal: AbortSignal
  /** `all` is undefined where the daemon does not know it. */
  readonly onProgress: (bytes: number, all: number | undefined) => void
}

/** What a page can hold before it is saved; more is for the command line. */
export const MAX_DOWNLOAD_BYTES = 1024 ** 3

const COMMANDS = { file: 'cat', folder: 'get', block: 'block/get' } as const

/**
 * Fetches content, from other peers when it is not here. It is never shown in this page, only saved: a document of a
 * stranger would run as one of the daemon's own.
 */
export async function download({ path, kind, signal, onProgress }: DownloadInit): Promise<Blob> {
  const response = await openCommand(COMMANDS[kind], { arg: path, label: `page download ${path}` }, signal)
  const length = Number(response.headers.get('X-Content-Length') ?? Number.NaN)
  const all = kind === 'file' && Number.isFinite(length) ? length : undefined
  if (all !== undefined && all > MAX_DOWNLOAD_BYTES) throw new RangeError(tooLarge(path))
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  onProgress(0, all)
  if (response.body !== null) {
    const reader = response.body.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.length
      if (bytes > MAX_DOWNLOAD_BYTES) {
        await reader.cancel()
        throw new RangeError(tooLarge(path))
      }
      parts.push(read.value)
      onProgress(bytes, all)
    }
  }
  if (all !== undefined && bytes < all) throw new Error(`It ended after ${bytes} of ${all} bytes.`)
  return new Blob(parts, { type: 'application/octet-stream' })
}

function tooLarge(path: string): string {
  return `It is larger than a page can hold. In a terminal: barter get ${path}`
}

/** Hands a fetched file to the browser, to be saved. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  // The browser has to have begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** A name for what was fetched: the last part of a path that has a name, else the CID. */
export function fileName(path: string, kind: DownloadKind): string {
  const name = path.split('/').filter(Boolean).at(-1) ?? 'content'
  return kind === 'folder' ? `${name}.tar` : kind === 'block' ? `${name}.block` : name
}
