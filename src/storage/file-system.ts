import { close, closeSync, constants, fsync, open, openSync, write } from 'node:fs'
import * as fs from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { BitswapError, StoreError } from '../errors.ts'

/**
 * How a file is opened: `r` to be read; `wx` to be made, it must not be there; `wxs` likewise, and what a write has
 * resolved for is on the disk, as if synced: one call of the system where there would be two.
 */
export type OpenFlags = 'r' | 'wx' | 'wxs'

export interface OpenFile {
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>
  sync(): Promise<void>
  close(): Promise<void>
}

/** Every call that the blockstore makes on the disk, as `node:fs/promises` has it; tests fail them one by one. */
export interface FileSystem {
  open(path: string, flags: OpenFlags): Promise<OpenFile>
  readFile(path: string): Promise<Uint8Array>
  stat(path: string): Promise<{ readonly size: number }>
  readdir(path: string): Promise<readonly string[]>
  /** With its parents; the first directory that had to be made, or undefined when all was there. */
  mkdir(path: string): Promise<string | undefined>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  /** Resolves when what was last named in a directory, or removed from it, is so on the disk. */
  syncDirectory(path: string): Promise<void>
}

export const nodeFileSystem: FileSystem = fileSystemOn(process.platform)

/** The disk as it is used on a platform. */
export function fileSystemOn(platform: NodeJS.Platform): FileSystem {
  // Elsewhere such a file syncs less than a call does (macOS), or there is none.
  const synced = platform === 'linux' ? constants.O_DSYNC : 0
  return {
    open: (path, flags) => openFile(path, flags, synced),
    readFile: (path) => fs.readFile(path),
    stat: (path) => fs.stat(path),
    readdir: (path) => fs.readdir(path),
    mkdir: (path) => fs.mkdir(path, { recursive: true }),
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
    syncDirectory
  }
}

/** By the number that the system gives it: writing a block costs a fifth less of our own time than with a `FileHandle`. */
function openFile(path: string, flags: OpenFlags, synced: number): Promise<OpenFile> {
  const isNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  const mode = flags === 'r' ? constants.O_RDONLY : flags === 'wx' ? isNew : isNew | synced
  const syncing = flags !== 'wxs' ? 'no' : synced === 0 ? 'by a call' : 'by itself'
  return new Promise((resolve, reject) => {
    open(path, mode, (error, descriptor) =>
      error === null ? resolve(new Descriptor(descriptor, syncing)) : reject(error)
    )
  })
}

/** A directory that was just changed is in memory: to open it at once keeps nobody waiting, and saves a thread's turn. */
async function syncDirectory(path: string): Promise<void> {
  const directory = new Descriptor(openSync(path, 'r'), 'no')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

class Descriptor implements OpenFile {
  readonly #descriptor: number
  /** How a write comes to the disk before it resolves. */
  readonly #syncing: 'no' | 'by itself' | 'by a call'
  #synced = false

  constructor(descriptor: number, syncing: 'no' | 'by itself' | 'by a call') {
    this.#descriptor = descriptor
    this.#syncing = syncing
  }

  async write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }> {
    this.#synced = false
    const bytesWritten = await new Promise<number>((resolve, reject) => {
      write(this.#descriptor, bytes, offset, length, null, (error, written) =>
        error === null ? resolve(written) : reject(error)
      )
    })
    if (this.#syncing === 'by a call') await this.sync()
    if (this.#syncing === 'by itself') this.#synced = true
    return { bytesWritten }
  }

  async sync(): Promise<void> {
    await new Promise<void>((resolve, reject) => fsync(this.#descriptor, settle(resolve, reject)))
    this.#synced = true
  }

  /**
   * To be called once: the number may be another file's from then on. What was just synced has nothing left to wait for:
   * to close it at once costs less than to hand that to another thread (a tenth of all that writing a small block takes).
   */
  async close(): Promise<void> {
    if (this.#synced) closeSync(this.#descriptor)
    else await new Promise<void>((resolve, reject) => close(this.#descriptor, settle(resolve, reject)))
  }
}

function settle(resolve: () => void, reject: (error: Error) => void): (error: Error | null | undefined) => void {
  return (error) => (error === null || error === undefined ? resolve() : reject(error))
}

/** Waits between attempts to open a file while the process, or the machine, is out of file handles: 1.3 s in all. */
const RETRY_DELAYS_MS = [5, 10, 20, 40, 80, 160, 320, 640]

/** The same file system, but patient when file handles run out (EMFILE, ENFILE): others are about to be closed. */
export function retryWhenOutOfFiles(
  inner: FileSystem,
  wait: (delayMs: number) => Promise<unknown> = (delayMs) => delay(delayMs)
): FileSystem {
  async function retry<T>(work: () => Promise<T>): Promise<T> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await work()
      } catch (error) {
        if (!hasCode(error, 'EMFILE', 'ENFILE')) throw error
        await wait(delayMs)
      }
    }
    return work()
  }
  return {
    stat: (path) => inner.stat(path),
    mkdir: (path) => inner.mkdir(path),
    rename: (from, to) => inner.rename(from, to),
    unlink: (path) => inner.unlink(path),
    open: (path, flags) => retry(() => inner.open(path, flags)),
    readFile: (path) => retry(() => inner.readFile(path)),
    readdir: (path) => retry(() => inner.readdir(path)),
    syncDirectory: (path) => retry(() => inner.syncDirectory(path))
  }
}

/** Whether an error carries one of these codes (`ENOENT` …). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}

/** Runs `work`, and names what failed. Only errors of this package leave; what the disk said becomes a `StoreError`. */
export async function storeErrors<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BitswapError) throw error
    throw new StoreError(`${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Undefined when there is no such file; any other failure is passed on. */
export async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
