/** The protobuf of UnixFS: what its reader and its writer share. */

export type UnixFsType = 'raw' | 'directory' | 'file' | 'metadata' | 'symlink' | 'hamt'

/** By their numbers. */
export const TYPES: readonly UnixFsType[] = ['raw', 'directory', 'file', 'metadata', 'symlink', 'hamt']

export const FIELD = {
  type: 1,
  data: 2,
  fileSize: 3,
  blockSizes: 4,
  hashType: 5,
  fanout: 6,
  mode: 7,
  mtime: 8
} as const

/** Of a moment. */
export const TIME_FIELD = { seconds: 1, nanoseconds: 2 } as const
