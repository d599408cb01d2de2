import type { ImportResult } from 'ipfs-unixfs-importer'

interface Made {
  readonly path: string
  readonly result: Promise<ImportResult>
}

/** The folders of one add in which nothing came to lie. The library that makes folders tells only of those that hold something. */
export class EmptyFolders {
  /** By path. Bounded: by the folders of one add, which the library holds, too. */
  readonly #made = new Map<string, Made>()

  /** Told of all that is added, a folder before what is in it. */
  holds(path: string): void {
    if (this.#made.size === 0) return
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      this.#made.delete(path.slice(0, at))
  }

  add(made: Made): void {
    this.#made.set(made.path, made)
  }

  /** The results of the library, which end with the folders; among these the empty ones, each in its place by name. */
  async *among(results: AsyncIterable<ImportResult>): AsyncGenerator<ImportResult, void> {
    let left: Made[] | undefined
    for await (const result of results) {
      if (result.unixfs?.isDirectory() === true) {
        left ??= [...this.#made.values()].sort((one, other) => inOrder(other.path, one.path))
        yield* before(result.path ?? '', left)
      }
      yield result
    }
  }
}

async function* before(path: string, left: Made[]): AsyncGenerator<ImportResult> {
  for (let next = left.at(-1); next !== undefined; next = left.at(-1)) {
    const order = inOrder(next.path, path)
    if (order > 0) return
    left.pop()
    // An empty folder that lies in none, the library tells of.
    if (order < 0) yield await next.result
  }
}

/** By name, and the inner before the outer. */
function inOrder(one: string, other: string): number {
  const [names, others] = [namesOf(one), namesOf(other)]
  const at = names.findIndex((name, index) => name !== others[index])
  const [name, its] = [names[at], others[at]]
  if (name === undefined || its === undefined) return others.length - names.length
  return name < its ? -1 : 1
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '')
}
