/** The folders of one add: those that were given, and those that something lies in. */
export class FoldersSeen {
  /**
   * With the permissions and time they were given with, as a text, by their path without empty names and ".".
   * Bounded: by the folders of one add, which the library holds, too.
   */
  readonly #seen = new Map<string, string>()

  /** What it was given with; empty for one that something lies in, undefined for one that is new. */
  get(path: string): string | undefined {
    return this.#seen.get(namesOf(path).join('/'))
  }

  give(path: string, attributes: string): void {
    this.#seen.set(namesOf(path).join('/'), attributes)
  }

  /** Takes note of the folders that something lies in. */
  addAround(path: string): void {
    const names = namesOf(path)
    for (let depth = names.length - 1; depth > 0; depth--) {
      const folder = names.slice(0, depth).join('/')
      if (this.#seen.has(folder)) return
      this.#seen.set(folder, '')
    }
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}
