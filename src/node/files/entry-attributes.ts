import type { UnixFSEntry } from 'ipfs-unixfs-exporter'
import { decodeUnixFs } from '../../content/decode-unixfs.ts'
import type { FileAttributes } from '../../content/unixfs-node.ts'

/** Permissions and time of a file or a folder, as far as they were kept with it. */
export function entryAttributes(entry: UnixFSEntry): FileAttributes {
  if (entry.type !== 'file' && entry.type !== 'directory') return {}
  const { mtime, type } = entry.unixfs
  // The library tells usual permissions for none. Those of a link are nobody's.
  const mode = type === 'symlink' ? undefined : decodeUnixFs(entry.node)?.mode
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(mtime === undefined ? {} : { mtime: { seconds: Number(mtime.secs), nanoseconds: mtime.nsecs ?? 0 } })
  }
}
