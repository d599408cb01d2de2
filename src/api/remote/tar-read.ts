import { ByteReader } from '../formats/byte-reader.ts'
import type { FileAttributes, FileTime } from '../../content/unixfs-node.ts'
import type { TreeEntry } from '../service/peer-service.ts'
import { TAR_BLOCK, TAR_FIELDS, TAR_MODES, TAR_TYPES, tarChecksum, tarPadding } from '../formats/tar-format.ts'

/** An archive that is cut off, damaged, or of a kind that is not read here. */
export class TarError extends Error {
  override readonly name = 'TarError'
}

/** Longest extended header: a path and a link target of the greatest length that a system takes, and some. */
const MAX_EXTENDED_BYTES = 64 * 1024

/**
 * Reads an archive as it comes, and lets go of its source at the end, also when it is left before. The content of a file
 * must be read before the next entry is asked for.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TreeEntry> {
  const reader = new ByteReader(source)
  try {
    yield* readEntries(reader)
    await reader.drain()
  } finally {
    await reader.close()
  }
}

async function* readEntries(reader: ByteReader): AsyncGenerator<TreeEntry> {
  let extended: ReadonlyMap<string, string> = new Map()
  for (;;) {
    const header = await reader.read(TAR_BLOCK)
    if (header.every((byte) => byte === 0)) return
    checkSum(header)
    const type = text(header, 'type')
    const size = Number(extended.get('size') ?? octal(header, 'size'))
    if (type === TAR_TYPES.extended) {
      extended = parseRecords(await readSmall(reader, size))
      continue
    }
    const entry = toEntry(type, header, extended)
    extended = new Map()
    if (entry.type !== 'file') {
      yield entry
      continue
    }
    const content = reader.stream(size)
    yield { ...entry, size, content }
    while ((await content.next()).done !== true);
    await reader.read(tarPadding(size))
  }
}

type Shape = FileAttributes &
  (
    | { readonly type: 'file'; readonly path: readonly string[] }
    | { readonly type: 'folder'; readonly path: readonly string[] }
    | { readonly type: 'link'; readonly path: readonly string[]; readonly target: string }
  )

const KINDS: Readonly<Record<string, Shape['type']>> = {
  '': 'file',
  [TAR_TYPES.file]: 'file',
  [TAR_TYPES.folder]: 'folder',
  [TAR_TYPES.link]: 'link'
}

function toEntry(code: string, header: Buffer, extended: ReadonlyMap<string, string>): Shape {
  const prefix = text(header, 'prefix')
  const name = extended.get('path') ?? (prefix === '' ? '' : `${prefix}/`) + text(header, 'name')
  const path = name.split('/').filter((part) => part !== '')
  const type = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined
  if (type === undefined) throw new TarError(`the archive holds an entry of type "${code}", which is not read here`)
  const attributes = attributesOf(type, header, extended)
  if (type !== 'link') return { type, path, ...attributes }
  return { type, path, target: extended.get('linkpath') ?? text(header, 'link'), ...attributes }
}

/** Every header has some: those that a writer puts where there are none count as none. */
function attributesOf(type: Shape['type'], header: Buffer, extended: ReadonlyMap<string, string>): FileAttributes {
  const mode = octal(header, 'mode') & 0o7777
  const mtime = toTime(extended.get('mtime') ?? String(octal(header, 'mtime')))
  const isTime = mtime.seconds !== 0 || mtime.nanoseconds !== 0
  return { ...(mode === TAR_MODES[type] ? {} : { mode }), ...(isTime ? { mtime } : {}) }
}

function toTime(text: string): FileTime {
  const [, sign, whole = '0', fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d+))?$/u.exec(text) ?? []
  const nanoseconds = Number(fraction.padEnd(9, '0').slice(0, 9))
  if (sign !== '-') return { seconds: Number(whole), nanoseconds }
  // Nanoseconds count forward from the second before.
  if (nanoseconds === 0) return { seconds: -Number(whole), nanoseconds }
  return { seconds: -Number(whole) - 1, nanoseconds: 1e9 - nanoseconds }
}

function checkSum(header: Buffer): void {
  if (octal(header, 'checksum') !== tarChecksum(header)) throw new TarError('a header of the archive is damaged')
}

async function readSmall(reader: ByteReader, size: number): Promise<Buffer> {
  if (size > MAX_EXTENDED_BYTES) throw new TarError(`an extended header of ${size} bytes is too long`)
  const bytes = await reader.read(size)
  await reader.read(tarPadding(size))
  return bytes
}

function parseRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let start = 0; start < bytes.length;) {
    const space = bytes.indexOf(0x20, start)
    const length = Number(bytes.toString('latin1', start, space))
    const equals = bytes.indexOf(0x3d, space)
    if (!(length > 0) || equals === -1) throw new TarError('an extended header is damaged')
    records.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, start + length - 1))
    start += length
  }
  return records
}

function text(header: Buffer, field: keyof typeof TAR_FIELDS): string {
  const [start, length] = TAR_FIELDS[field]
  const bytes = header.subarray(start, start + length)
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? length : end)
}

function octal(header: Buffer, field: keyof typeof TAR_FIELDS): number {
  const digits = text(header, field).trim()
  const value = Number.parseInt(digits === '' ? '0' : digits, 8)
  if (!(value >= 0)) throw new TarError(`the field "${field}" of the archive is damaged`)
  return value
}
