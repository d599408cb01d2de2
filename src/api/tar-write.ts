import type { TreeEntry } from './peer-service.ts'
import { MAX_OCTAL_SIZE, TAR_BLOCK, TAR_FIELDS, TAR_TYPES, tarChecksum, tarPadding } from './tar-format.ts'

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
    ...(size > MAX_OCTAL_SIZE ? [record('size', String(size))] : [])
  ]
  const plain = block(path, TAR_TYPES[entry.type], Math.min(size, MAX_OCTAL_SIZE), link)
  if (records.length === 0) return plain
  const extended = Buffer.concat(records)
  return Buffer.concat([
    block('PaxHeaders/entry', TAR_TYPES.extended, extended.length, ''),
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

function block(name: string, type: string, size: number, link: string): Buffer {
  const bytes = Buffer.alloc(TAR_BLOCK)
  const put = ([start, length]: readonly [number, number], text: string): void => {
    bytes.write(text, start, length, 'utf8')
  }
  put(TAR_FIELDS.name, name)
  put(TAR_FIELDS.mode, octal(type === TAR_TYPES.folder ? 0o755 : 0o644, 7))
  put(TAR_FIELDS.uid, octal(0, 7))
  put(TAR_FIELDS.gid, octal(0, 7))
  put(TAR_FIELDS.size, octal(size, 11))
  put(TAR_FIELDS.mtime, octal(0, 11))
  put(TAR_FIELDS.type, type)
  put(TAR_FIELDS.link, link)
  put(TAR_FIELDS.magic, 'ustar\x0000')
  put(TAR_FIELDS.checksum, `${octal(tarChecksum(bytes), 6)}\0 `)
  return bytes
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
