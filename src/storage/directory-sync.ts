import type { FileSystem } from './file-system.ts'

interface Round {
  /** The sync that runs; too late for those who come now. */
  readonly running: Promise<void>
  /** The one after it, shared by all who came meanwhile. */
  next: Promise<void> | undefined
}

/**
 * Makes renames durable. Writers of one directory share a sync (group commit), but never one that began before their
 * rename: it may have missed it.
 */
export class DirectorySync {
  readonly #fileSystem: FileSystem
  /** Bounded: one entry for each directory that is being synced now, of which the layout has 1,025. */
  readonly #rounds = new Map<string, Round>()

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem
  }

  /** Resolves once a sync that began after this call has ended; rejects when that sync failed. */
  sync(directory: string): Promise<void> {
    const round = this.#rounds.get(directory)
    if (round === undefined) return this.#start(directory)
    const start = (): Promise<void> => this.#start(directory)
    round.next ??= round.running.then(start, start)
    return round.next
  }

  #start(directory: string): Promise<void> {
    const round: Round = { running: this.#fileSystem.syncDirectory(directory), next: undefined }
    this.#rounds.set(directory, round)
    const ended = (): void => {
      if (round.next === undefined) this.#rounds.delete(directory)
    }
    round.running.then(ended, ended)
    return round.running
  }
}
