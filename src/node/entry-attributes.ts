import type { UnixFSEntry } from 'ipfs-unixfs-exporter'
import type { FileAttributes } from '../content/unixfs-node.ts'

/** What has these has none of its own: the library tells them for everything else. */
const USUAL_MODES = { file: 0o644, directory: 0o755 } as const

/** Permissions and time of a file or a folder, as far as they were kept with it. */
export function entryAttributes(entry: UnixFSEntry): FileAttributes {
  if (entry.type !== 'file' && entry.type !== 'directory') return {}
  const { mode, mtime } = entry.unixfs
  const isLink = entry.unixfs.type === 'symlink'
  return {
    ...(mode === undefined || isLink || mode === USUAL_MODES[entry.type] ? {} : { mode }),
    ...(mtime === undefined ? {} : { mtime: { seconds: Number(mtime.secs), nanoseconds: mtime.nsecs ?? 0 } })
  }
}
