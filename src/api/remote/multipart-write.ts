import { joinBytes } from '../../join-bytes.ts'
import { attributesText } from '../formats/file-mode.ts'
import type { AddCandidate } from '../service/peer-service.ts'

/** A `multipart/form-data` body as it is sent. */
export interface MultipartBody {
  readonly contentType: string
  readonly chunks: AsyncGenerator<Uint8Array>
}

const TYPES = {
  file: 'application/octet-stream',
  folder: 'application/x-directory',
  link: 'application/symlink'
} as const

/** Candidates to add, as the API takes them. They are read one after the other, as fast as the socket takes them. */
export function writeMultipart(candidates: AsyncIterable<AddCandidate>): MultipartBody {
  const boundary = `barter-${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('hex')}`
  return { contentType: `multipart/form-data; boundary=${boundary}`, chunks: write(candidates, boundary) }
}

/** Parts smaller than this go out together: a write to the socket costs more than their bytes. */
const TOGETHER_BYTES = 64 * 1024

async function* write(candidates: AsyncIterable<AddCandidate>, boundary: string): AsyncGenerator<Uint8Array> {
  // Bounded: `TOGETHER_BYTES`, and one piece of a file.
  let held: Uint8Array[] = []
  let size = 0
  const source = pieces(candidates, boundary)
  try {
    for (;;) {
      const next = source.next()
      if (size > 0 && (size >= TOGETHER_BYTES || (await isLate(next)))) {
        // Seen below; until then a failure is nobody's, which must not end the process.
        next.catch(() => undefined)
        yield joinBytes(held)
        held = []
        size = 0
      }
      const piece = await next
      if (piece.done === true) break
      held.push(piece.value)
      size += piece.value.byteLength
    }
  } finally {
    // Not waited for: a source that rests, rests on.
    source.return(undefined).catch(() => undefined)
  }
  yield joinBytes(held)
}

/** Whether something takes more than a turn of the event loop: what is held then goes out before. */
async function isLate(promise: Promise<unknown>): Promise<boolean> {
  let turn: NodeJS.Immediate | undefined
  const late = new Promise<true>((resolve) => (turn = setImmediate(resolve, true)))
  try {
    return await Promise.race([promise.then(() => false), late])
  } finally {
    clearImmediate(turn)
  }
}

async function* pieces(candidates: AsyncIterable<AddCandidate>, boundary: string): AsyncGenerator<Uint8Array> {
  let lead = ''
  for await (const candidate of candidates) {
    const filename = encodeURIComponent(candidate.path)
    yield Buffer.from(
      `${lead}--${boundary}\r\nContent-Disposition: form-data; name="file${attributesText(candidate)}"; filename="${filename}"\r\n` +
        `Content-Type: ${TYPES[candidate.type]}\r\n\r\n`
    )
    if (candidate.type === 'file') yield* candidate.content
    if (candidate.type === 'link') yield Buffer.from(candidate.target)
    lead = '\r\n'
  }
  yield Buffer.from(`${lead}--${boundary}--\r\n`)
}
