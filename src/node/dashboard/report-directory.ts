import { constants } from 'node:fs'
import { open, readdir, type FileHandle } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { ReportInfo } from '../../api/service/report-list.ts'

/** Reports that are listed; the newest of what was looked at. */
const MAX_REPORTS = 500
/** Folders below the directory: one for each experiment, and one for each series of them. */
const MAX_DEPTH = 3
/** A report holds its figures, and no more. */
const MAX_REPORT_BYTES = 32 * 1024 * 1024
/** Where its title stands. */
const HEAD_BYTES = 4 * 1024

/** The reports in a directory, as `barter lab report` writes them: `.html` files, in it and a little below it. */
export class ReportDirectory {
  readonly path: string

  constructor(path: string) {
    this.path = resolve(path)
  }

  /** The newest first. A directory that is not there holds none. */
  async list(): Promise<readonly ReportInfo[]> {
    const names = await this.#names(this.path, 0)
    const reports = await Promise.all(names.map((name) => this.#info(name)))
    return reports
      .filter((report) => report !== undefined)
      .sort((a, b) => b.modifiedAt - a.modifiedAt)
      .slice(0, MAX_REPORTS)
  }

  /** A report by its name in the list; undefined for any other. */
  async read(name: string): Promise<Buffer | undefined> {
    const names = await this.#names(this.path, 0)
    if (!names.includes(name)) return undefined
    return await this.#withFile(name, async (file) => {
      const { size } = await file.stat()
      return size > MAX_REPORT_BYTES ? undefined : await file.readFile()
    })
  }

  /** Names of files. Links are not followed: what they lead to is no report of this directory. */
  async #names(folder: string, depth: number): Promise<readonly string[]> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const names: string[] = []
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && depth < MAX_DEPTH) names.push(...(await this.#names(path, depth + 1)))
      if (entry.isFile() && entry.name.endsWith('.html')) names.push(relative(this.path, path).split(sep).join('/'))
      if (names.length > MAX_REPORTS) break
    }
    return names
  }

  async #info(name: string): Promise<ReportInfo | undefined> {
    return await this.#withFile(name, async (file) => {
      const { size, mtimeMs } = await file.stat()
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return { name, title: titleOf(buffer.toString('utf8', 0, bytesRead)) ?? name, bytes: size, modifiedAt: mtimeMs }
    })
  }

  async #withFile<T>(name: string, use: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    try {
      const file = await open(join(this.path, name), constants.O_RDONLY | constants.O_NOFOLLOW)
      try {
        return await use(file)
      } finally {
        await file.close()
      }
    } catch {
      // It went while it was looked at, or is not ours to read: then it is none.
      return undefined
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function titleOf(head: string): string | undefined {
  const text = /<title>([^<]{1,200})<\/title>/u.exec(head)?.[1]?.trim()
  return text?.replaceAll(/&(amp|lt|gt|quot|#39);/gu, (_, name: string) => ENTITIES[name] ?? '')
}
