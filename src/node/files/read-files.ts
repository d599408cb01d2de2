import { exporter, type UnixFSDirectoryEntry, type UnixFSEntry } from 'ipfs-unixfs-exporter'
import type { LinkInfo, TreeEntry } from '../../api/service/peer-service.ts'
import { code as RAW_CODE } from 'multiformats/codecs/raw'
import { DAG_CBOR, DAG_JSON } from '../../content/dag-links.ts'
import { noLink, resolvePath } from '../../content/resolve-path.ts'
import { BitswapError } from '../../errors.ts'
import type { ContentPath } from '../../content/content-path.ts'
import type { DagReader } from '../../content/dag-reader.ts'
import { inOrder } from '../../storage/in-order.ts'
import { entryAttributes } from './entry-attributes.ts'

/** Bytes of a file read at a time: the exporter reads all it is asked for without waiting for whoever takes it. */
const WINDOW_BYTES = 8 * 1024 * 1024

/** Blocks of a window, or of what a folder links to, read side by side. */
const READ_CONCURRENCY = 32

/** Longest path below a root, in bytes: what systems take. A chain of folders beyond is somebody's joke. */
const MAX_PATH_BYTES = 4_096

/** Content that is not what was asked for, or that no file system should be given. */
export class ContentError extends BitswapError {
  constructor(code: 'ERR_IS_FOLDER' | 'ERR_IS_LINK' | 'ERR_NOT_UNIXFS' | 'ERR_UNSAFE_NAME', message: string) {
    super('ContentError', code, message)
  }
}

type Readable = Extract<UnixFSEntry, { content: unknown }>

/** What is at the end of a path. */
export async function openPath(reader: DagReader, path: ContentPath): Promise<UnixFSEntry> {
  const { cid, rest } = await resolvePath({ get: (one) => reader.read(one) }, path)
  const [name] = rest
  if (name !== undefined) throw noLink(cid, name)
  return await exporter(cid, reader)
}

/** Bytes of a file. */
export function fileSize(entry: UnixFSEntry): number {
  const size = Number(readable(entry).size)
  if (!Number.isSafeInteger(size)) throw new ContentError('ERR_NOT_UNIXFS', `the file claims to have ${size} bytes`)
  return entry.type === 'identity' ? entry.node.byteLength : size
}

/** The content of a file from `offset` on, window by window: no more than one is in memory. */
export async function* fileContent(
  reader: DagReader,
  entry: UnixFSEntry,
  offset = 0,
  length = fileSize(entry) - offset
): AsyncGenerator<Uint8Array> {
  const file = readable(entry)
  const end = Math.min(offset + length, fileSize(entry))
  for (let start = offset; start < end; start += WINDOW_BYTES) {
    const window = { offset: start, length: Math.min(WINDOW_BYTES, end - start) }
    for await (const chunk of reader.guard(file.content({ ...window, blockReadConcurrency: READ_CONCURRENCY }))) {
      if (chunk.byteLength > 0) yield chunk
    }
  }
}

/** Everything below an entry, a folder before what is in it. */
export async function* walkTree(reader: DagReader, root: UnixFSEntry, name: string): AsyncGenerator<TreeEntry> {
  const stack = [folderOf(root, [checkName(name)])]
  if (root.type !== 'directory') {
    yield leaf(reader, root, [checkName(name)])
    return
  }
  yield { type: 'folder', path: [name], ...entryAttributes(root) }
  // A stack and not a recursion: a hostile tree may be deep.
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = await top.children.next()
    if (next.done === true) {
      stack.pop()
      continue
    }
    const path = [...top.path, checkName(next.value.name)]
    if (Buffer.byteLength(path.join('/')) > MAX_PATH_BYTES) {
      throw new ContentError('ERR_UNSAFE_NAME', `a path of the tree is longer than ${MAX_PATH_BYTES} bytes`)
    }
    const entry = await exporter(next.value.cid, reader)
    if (entry.type === 'directory') {
      yield { type: 'folder', path, ...entryAttributes(entry) }
      stack.push(folderOf(entry, path))
    } else {
      yield leaf(reader, entry, path)
    }
  }
}

/**
 * The links of a folder; of a file, none. What they lead to is read with `resolve` alone, several at a time. Closes the
 * reader, at the end or when it is left.
 */
export async function* listLinks(reader: DagReader, entry: UnixFSEntry, resolve = true): AsyncGenerator<LinkInfo> {
  const look = resolve ? (link: FolderLink) => linkInfo(reader, link) : linkName
  const links = inOrder(entry.type === 'directory' ? entry.entries() : [], READ_CONCURRENCY, async (link) => {
    // In its turn: what fails later must not keep back what is found before.
    return await Promise.resolve(look(link)).catch((error: unknown) => new Failed(error))
  })
  try {
    for (let next = await links.next(); next.done !== true; next = await links.next()) {
      if (next.value instanceof Failed) throw next.value.error
      yield next.value
    }
  } finally {
    reader.close()
    // Not waited for: of what is still being read, nobody has a use.
    links.return(undefined).catch(() => undefined)
  }
}

class Failed {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

type FolderLink = Pick<UnixFSDirectoryEntry, 'name' | 'cid'>

function linkName({ name, cid }: FolderLink): LinkInfo {
  return { name, cid: cid.toString(), size: 0, type: cid.code === RAW_CODE ? 'file' : 'unknown', target: '' }
}

async function linkInfo(reader: DagReader, { name, cid }: FolderLink): Promise<LinkInfo> {
  const child = await exporter(cid, reader)
  const target = linkTarget(child)
  const type = target !== undefined ? 'link' : child.type === 'directory' ? 'folder' : 'file'
  const size = type === 'file' ? fileSize(child) : Buffer.byteLength(target ?? '')
  return { name, cid: cid.toString(), size, type, target: target ?? '', ...entryAttributes(child) }
}

/** Bytes that a tree will bring, as far as its root tells: what its links say, or the size of the file. */
export function treeSize(entry: UnixFSEntry): number {
  if (linkTarget(entry) !== undefined) return 0
  if (entry.type !== 'directory') return fileSize(entry)
  return entry.node.Links.reduce((sum, link) => sum + (link.Tsize ?? 0), 0)
}

function folderOf(entry: UnixFSEntry, path: readonly string[]) {
  return { path, children: entry.type === 'directory' ? entry.entries() : noChildren() }
}

async function* noChildren(): AsyncGenerator<never> {
  // A file has none.
}

function leaf(reader: DagReader, entry: UnixFSEntry, path: readonly string[]): TreeEntry {
  const target = linkTarget(entry)
  const attributes = entryAttributes(entry)
  if (target !== undefined) return { type: 'link', path, target, ...attributes }
  return { type: 'file', path, size: fileSize(entry), content: fileContent(reader, entry), ...attributes }
}

function linkTarget(entry: UnixFSEntry): string | undefined {
  if (entry.type !== 'file' || entry.unixfs.type !== 'symlink') return undefined
  return Buffer.from(entry.unixfs.data ?? new Uint8Array()).toString('utf8')
}

function readable(entry: UnixFSEntry): Readable {
  if (entry.type === 'directory') throw new ContentError('ERR_IS_FOLDER', 'this dag node is a directory')
  if (entry.type === 'object') {
    const { code } = entry.cid
    const command = code === DAG_CBOR || code === DAG_JSON ? 'dag get' : 'block get'
    throw new ContentError('ERR_NOT_UNIXFS', `${entry.cid.toString()} is data, not a file: read it with ${command}`)
  }
  const target = linkTarget(entry)
  if (target !== undefined) {
    const shown = JSON.stringify(target.slice(0, MAX_PATH_BYTES))
    throw new ContentError('ERR_IS_LINK', `this is a symbolic link to ${shown}: read that instead`)
  }
  return entry
}

/** A name that stays inside the folder it is in, on every system. */
function checkName(name: string): string {
  const unsafe = name === '' || name === '.' || name === '..' || /[/\0]/u.test(name)
  if (unsafe || (process.platform === 'win32' && /[\\:]/u.test(name))) {
    throw new ContentError('ERR_UNSAFE_NAME', `the tree has an entry named ${JSON.stringify(name)}: refused`)
  }
  return name
}
