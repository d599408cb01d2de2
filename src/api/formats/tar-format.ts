/** Bytes of a tar block: headers take one, content is padded to it, and two empty ones end an archive. */
export const TAR_BLOCK = 512

export const TAR_TYPES = { file: '0', link: '2', folder: '5', extended: 'x' } as const

/** Fields of a ustar header: where each lies, and how long it is (IEEE 1003.1, pax interchange format). */
export const TAR_FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  prefix: [345, 155]
} as const

/** Permissions of what has none of its own. */
export const TAR_MODES = { file: 0o644, folder: 0o755, link: 0o777 } as const

/** Largest size that eleven octal digits hold. */
export const MAX_OCTAL_SIZE = 8 ** 11 - 1

/** The sum of all header bytes, with the checksum field read as blanks. */
export function tarChecksum(header: Uint8Array): number {
  const [start, length] = TAR_FIELDS.checksum
  let sum = 0x20 * length
  header.forEach((byte, index) => {
    if (index < start || index >= start + length) sum += byte
  })
  return sum
}

/** Bytes that fill the last block of `size` bytes of content. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
}
