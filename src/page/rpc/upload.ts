import { authorization, commandUrl, CommandError, errorText } from './command.ts'

export interface UploadFile {
  /** Where it lies in what was dropped, with `/`. */
  readonly path: string
  readonly file: File
}

export interface UploadResult {
  readonly cid: string
  readonly bytes: number
}

export interface UploadInit {
  readonly files: readonly UploadFile[]
  readonly signal: AbortSignal
  readonly onProgress: (sentBytes: number, allBytes: number) => void
}

/**
 * Adds a file, or the files of one folder, and resolves with the CID of the whole. An `XMLHttpRequest`, since `fetch` does
 * not tell how much of a body has left.
 */
export function upload({ files, signal, onProgress }: UploadInit): Promise<UploadResult> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    // Only the last line, which is the root: an answer that grows while nobody reads it would stop the upload.
    request.open('POST', commandUrl('add', { quieter: 'true', progress: 'false' }))
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onload = () => {
      const result = request.status === 200 ? lastAdded(request.responseText) : undefined
      if (result !== undefined) resolve(result)
      else reject(new CommandError(errorText(request.responseText, request.status)))
    }
    request.onerror = () => reject(new CommandError('The connection to the daemon broke.'))
    request.onabort = () => reject(new CommandError('Cancelled.'))
    signal.addEventListener('abort', () => request.abort())
    request.send(formOf(files))
  })
}

function formOf(files: readonly UploadFile[]): FormData {
  const form = new FormData()
  // The name of a part travels %-encoded, or a browser would change some of its characters.
  for (const { path, file } of files) form.append('file', file, encodeURIComponent(path))
  return form
}

/** The root that `add` reports; undefined when it reports an error at the end of a stream that began well. */
export function lastAdded(body: string): UploadResult | undefined {
  const line = body.trim().split('\n').at(-1) ?? ''
  try {
    const last: unknown = JSON.parse(line)
    if (typeof last === 'object' && last !== null && 'Hash' in last && 'Size' in last) {
      return { cid: String(last.Hash), bytes: Number(last.Size) }
    }
  } catch {
    return undefined
  }
  return undefined
}
