import type { ConfigEntry } from '../../api/service/config-service.ts'
import { nearest } from '../../did-you-mean.ts'
import { KNOWN_KEYS, knownKey } from './known-keys.ts'

/** Keys told of by name; a config that came from another program may have many more. */
const MAX_TOLD = 10

/** Written by `init`, as Kubo does, for programs that read it. */
const WRITTEN: ReadonlySet<string> = new Set(['Datastore.BloomFilterSize'])

/** Every key, and every section that has one. */
const NAMES: ReadonlySet<string> = new Set(
  KNOWN_KEYS.flatMap(({ path }) => path.map((_, index) => path.slice(0, index + 1).join('.')))
)

/** What of a config nobody here reads, in words, whole sections by their names; undefined for nothing. */
export function strangersNote(entries: readonly Pick<ConfigEntry, 'key'>[]): string | undefined {
  const strangers = entries
    .filter(({ key }) => knownKey(key) === undefined && !WRITTEN.has(key))
    .map(({ key }) => outermost(key))
  const names = [...new Set(strangers)]
  if (names.length === 0) return undefined
  const told = names.slice(0, MAX_TOLD).map((name) => `\`${name}\`${meant(name)}`)
  const more = names.length > MAX_TOLD ? ` and ${names.length - MAX_TOLD} more` : ''
  const [they, them] = names.length === 1 ? ['it is', 'it'] : ['they are', 'them']
  return `nothing reads ${told.join(', ')}${more}; ${they} kept for other programs, and \`barter config edit\` removes ${them}`
}

/** The section that is none of ours, where it lies in one, else the key. */
function outermost(key: string): string {
  const path = key.split('.')
  const known = path.findIndex((_, index) => !NAMES.has(path.slice(0, index + 1).join('.')))
  return known === -1 ? key : path.slice(0, known + 1).join('.')
}

function meant(name: string): string {
  const near = nearest(name, [...NAMES])
  return near === undefined ? '' : ` (did you mean \`${near}\`?)`
}
