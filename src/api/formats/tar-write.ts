import type { FileTime } from '../../content/unixfs-node.ts'
import type { TreeEntry } from '../service/peer-service.ts'
import { MAX_OCTAL_SIZE, TAR_BLOCK, TAR_FIELDS, TAR_MODES, TAR_TYPES, tarChecksum, tarPadding } from './tar-format.ts'

/** A tree as a tar archive, written as it is read. Names that a plain header cannot hold go into an extended one. */
export async function* writeTar(entries: AsyncIterable<TreeEntry>): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    yield header(entry)
    if (entry.type !== 'file') continue
    yield* entry.content
    const padding = tarPadding(entry.size)
    if (padding > 0) yield Buffer.alloc(padding)
  }
  yield Buffer.alloc(2 * TAR_BLOCK)
}

function header(entry: TreeEntry): Buffer {
  // Folders go without a slash at the end, as Kubo writes them: its own reader takes one at the root for a second name.
  const path = entry.path.join('/')
  const size = entry.type === 'file' ? entry.size : 0
  const link = entry.type === 'link' ? entry.target : ''
  const records = [
    ...(fits(path, TAR_FIELDS.name[1]) ? [] : [record('path', path)]),
    ...(fits(link, TAR_FIELDS.link[1]) ? [] : [record('linkpath', link)]),
    ...(size > MAX_OCTAL_SIZE ? [record('size', String(size))] : []),
    ...(entry.mtime === undefined || fitsTime(entry.mtime) ? [] : [record('mtime', timeText(entry.mtime))])
  ]
  const plain = block({
    name: path,
    type: TAR_TYPES[entry.type],
    mode: entry.mode ?? TAR_MODES[entry.type],
    size: Math.min(size, MAX_OCTAL_SIZE),
    mtime: Math.max(0, Math.min(entry.mtime?.seconds ?? 0, MAX_OCTAL_SIZE)),
    link
  })
  if (records.length === 0) return plain
  const extended = Buffer.concat(records)
  return Buffer.concat([
    block({ name: 'PaxHeaders/entry', type: TAR_TYPES.extended, mode: TAR_MODES.file, size: extended.length }),
    extended,
    Buffer.alloc(tarPadding(extended.length)),
    plain
  ])
}

function fits(text: string, length: number): boolean {
  return Buffer.byteLength(text) <= length && /^[\x20-\x7e]*$/u.test(text)
}

/** `length key=value\n`, where the length counts itself. */
function record(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (String(length).length > String(rest).length) length += 1
  return Buffer.from(`${length} ${key}=${value}\n`)
}

/** Whole seconds after 1970. */
function fitsTime({ seconds, nanoseconds }: FileTime): boolean {
  return nanoseconds === 0 && seconds >= 0 && seconds <= MAX_OCTAL_SIZE
}

/** A decimal: what is before 1970 counts from there, too. */
function timeText({ seconds, nanoseconds }: FileTime): string {
  const isBefore = seconds < 0 && nanoseconds > 0
  const whole = isBefore ? -(seconds + 1) : seconds
  const fraction = String(isBefore ? 1e9 - nanoseconds : nanoseconds).padStart(9, '0')
  return `${isBefore ? '-' : ''}${whole}.${fraction}`
}

interface Header {
  readonly name: string
  readonly type: string
  readonly mode: number
  readonly size: number
  readonly mtime?: number
  readonly link?: string
}

function block({ name, type, mode, size, mtime = 0, link = '' }: Header): Buffer {
  const bytes = Buffer.alloc(TAR_BLOCK)
  const put = ([start, length]: readonly [number, number], text: string): void => {
    bytes.write(text, start, length, 'utf8')
  }
  put(TAR_FIELDS.name, name)
  put(TAR_FIELDS.mode, octal(mode, 7))
  put(TAR_FIELDS.uid, octal(0, 7))
  put(TAR_FIELDS.gid, octal(0, 7))
  put(TAR_FIELDS.size, octal(size, 11))
  put(TAR_FIELDS.mtime, octal(mtime, 11))
  put(TAR_FIELDS.type, type)
  put(TAR_FIELDS.link, link)
  put(TAR_FIELDS.magic, 'ustar\x0000')
  put(TAR_FIELDS.checksum, `${octal(tarChecksum(bytes), 6)}\0 `)
  return bytes
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
