import type { UploadFile } from './upload.ts'

/** Files of one drop that the page takes; a larger tree is for the command line. */
export const MAX_DROPPED_FILES = 10_000

/** One thing that is added: a file, or a folder with all that is in it. */
export interface Dropped {
  readonly name: string
  readonly files: readonly UploadFile[]
}

/** What was dropped: each file for itself, each folder as a whole. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly Dropped[]> {
  // The list is gone after the first pause.
  const entries = Array.from(transfer.items)
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const dropped: Dropped[] = []
  for (const { entry, file } of entries) {
    if (entry?.isDirectory === true) {
      const files: UploadFile[] = []
      await readFolder(entry as FileSystemDirectoryEntry, entry.name, files)
      if (files.length > 0) dropped.push({ name: entry.name, files })
    } else if (file !== null) dropped.push(chosenFile(file))
  }
  return dropped
}

export function chosenFile(file: File): Dropped {
  return { name: file.name, files: [{ path: file.name, file }] }
}

async function readFolder(folder: FileSystemDirectoryEntry, path: string, files: UploadFile[]): Promise<void> {
  const reader = folder.createReader()
  // It gives a hundred or so at a time, and nothing at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return
    for (const entry of entries) {
      if (files.length >= MAX_DROPPED_FILES) {
        throw new RangeError(`More than ${MAX_DROPPED_FILES} files: use \`barter add -r\` in a terminal.`)
      }
      const below = `${path}/${entry.name}`
      if (entry.isDirectory) await readFolder(entry as FileSystemDirectoryEntry, below, files)
      else {
        const file = await new Promise<File>((resolve, reject) => {
          ;(entry as FileSystemFileEntry).file(resolve, reject)
        })
        files.push({ path: below, file })
      }
    }
  }
}
