import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { nodeFileSystem } from '../../storage/file-system.ts'

/**
 * Writes a small file so that a reader, or the next start after a power cut, sees the old content or the new one, and
 * never a part. `mode` holds from the first byte on: a private key is never readable by others, not even for a moment.
 */
export async function writeFileAtomic(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await nodeFileSystem.syncDirectory(dirname(path))
}
