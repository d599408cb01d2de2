import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Folders of actors: what decides, and nothing else. They see the world through `src/ports.ts` alone. */
export const ACTOR_FOLDERS = [
  'session',
  'wants',
  'peers',
  'blocks',
  'engine',
  'ledger',
  'policy',
  'trust',
  'insight'
] as const

const CORE = new RegExp(`^src/((${ACTOR_FOLDERS.join('|')}|message)/|[^/]+\\.ts$|network/[^/]+\\.ts$)`)
/** The public entry wires the core to libp2p: it is no part of the core. */
const NOT_CORE = new Set(['src/index.ts'])

/** One file of the project; `path` is relative to its folder, with slashes. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

/** True for the files that must run in virtual time: no clock, no die, no files, no libp2p of their own. */
export function isCore(path: string): boolean {
  return CORE.test(path) && !NOT_CORE.has(path)
}

/** True for a core file without ports: a synchronous decision. */
export function isPure(source: SourceText): boolean {
  const inActor = ACTOR_FOLDERS.some((folder) => source.path.startsWith(`src/${folder}/`))
  return inActor && !/from '[^']*\/ports\.ts'/.test(source.text)
}

/** Every file under `folders` (or the folder itself, when it is a file) whose name ends with one of `endings`. */
export function readTree(root: string, folders: readonly string[], endings: readonly string[]): SourceText[] {
  return folders
    .flatMap((folder) => pathsUnder(root, folder))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function pathsUnder(root: string, folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}
