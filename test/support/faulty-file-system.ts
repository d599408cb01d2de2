import { type FileSystem, nodeFileSystem, type OpenFile, type OpenFlags } from '../../src/storage/file-system.ts'

/** A call on the disk: what it does, and to which path. */
export interface FileCall {
  readonly name: string
  readonly path: string
}

/** What to do with a call, before it reaches the disk: an error to fail with, or a promise to wait for. */
export type Intercept = (call: FileCall, number: number) => Error | Promise<void> | undefined

/** The real disk, with every call counted and, if the test wants, failed or held up. */
export class FaultyFileSystem implements FileSystem {
  /** Bounded: by the test. */
  readonly calls: FileCall[] = []
  intercept: Intercept = () => undefined

  open(path: string, flags: OpenFlags): Promise<OpenFile> {
    return this.#call('open', path, async () => this.#wrap(path, await nodeFileSystem.open(path, flags), flags))
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.#call('readFile', path, () => nodeFileSystem.readFile(path))
  }

  stat(path: string): Promise<{ readonly size: number }> {
    return this.#call('stat', path, () => nodeFileSystem.stat(path))
  }

  readdir(path: string): Promise<readonly string[]> {
    return this.#call('readdir', path, () => nodeFileSystem.readdir(path))
  }

  mkdir(path: string): Promise<string | undefined> {
    return this.#call('mkdir', path, () => nodeFileSystem.mkdir(path))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', to, () => nodeFileSystem.rename(from, to))
  }

  unlink(path: string): Promise<void> {
    return this.#call('unlink', path, () => nodeFileSystem.unlink(path))
  }

  syncDirectory(path: string): Promise<void> {
    return this.#call('syncDirectory', path, () => nodeFileSystem.syncDirectory(path))
  }

  /** Calls of one name so far, on paths that contain `part`. */
  count(name: string, part = ''): number {
    return this.calls.filter((call) => call.name === name && call.path.includes(part)).length
  }

  async #call<T>(name: string, path: string, work: () => Promise<T>): Promise<T> {
    const call = { name, path }
    this.calls.push(call)
    const outcome = this.intercept(call, this.calls.length)
    if (outcome instanceof Error) throw outcome
    await outcome
    return work()
  }

  #wrap(path: string, file: OpenFile, flags: OpenFlags): OpenFile {
    return {
      // A write that syncs is both, and may fail as both.
      write: async (bytes, offset, length) => {
        const written = await this.#call('write', path, () => file.write(bytes, offset, length))
        if (flags === 'wxs') await this.#call('sync', path, () => Promise.resolve())
        return written
      },
      sync: () => this.#call('sync', path, () => file.sync()),
      // A handle is given back whatever is said of it, as close(2) does.
      close: () => {
        const closed = file.close()
        return this.#call('close', path, () => closed)
      }
    }
  }
}

/** An error as the disk would give it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code })
}

/** Fails the call with this number, and all after it when it is to persist. */
export function failing(number: number, code: string, persistently: boolean): Intercept {
  return (_, current) => (current === number || (persistently && current > number) ? diskError(code) : undefined)
}
