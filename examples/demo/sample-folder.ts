import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const MIB = 1024 * 1024

/** A folder of the kinds of files that people have: large, small, empty, the same twice, deep down, oddly named. */
export async function makeSampleFolder(
  root: string
): Promise<{ readonly files: number; readonly bytes: number; readonly bytesAgain: number }> {
  const picture = randomBytes(3 * MIB)
  const files: [path: string, content: Uint8Array][] = [
    ['film.mkv', randomBytes(40 * MIB)],
    ['backup/disk.img', randomBytes(12 * MIB)],
    ['pictures/sea.jpg', picture],
    ['pictures/copy of sea.jpg', picture],
    ['pictures/Ærø ⛵.jpg', randomBytes(2 * MIB + 1)],
    ['a/b/c/d/e/deep.txt', Buffer.from('down here\n')],
    ['empty.txt', new Uint8Array()],
    ...Array.from({ length: 300 }, (_, index): [string, Uint8Array] => [
      `mail/${String(index).padStart(3, '0')}.eml`,
      randomBytes(200 + ((index * 7_919) % 30_000))
    ])
  ]
  for (const [path, content] of files) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), content)
  }
  await mkdir(join(root, 'an empty folder'))
  const bytes = files.reduce((sum, [, content]) => sum + content.byteLength, 0)
  return { files: files.length, bytes, bytesAgain: picture.byteLength }
}
