import { readFile } from 'node:fs/promises'
import type * as z from 'zod'
import { KeyLocks } from '../../storage/key-locks.ts'
import { checkPlaceChange } from '../repo/data-place.ts'
import type { Identity } from '../repo/identity.ts'
import { reasonOf, systemCode } from '../repo/repo-error.ts'
import { writeFileAtomic } from '../repo/write-file.ts'
import { configError, describeIssues } from './config-error.ts'
import { isObject, type JsonObject } from './json.ts'
import { keyAt, namesAt } from './known-keys.ts'
import type { Override } from './override.ts'
import { withOverrides } from './overrides.ts'
import { configSchema, settingsSchema, toSettings, type Settings } from './schema.ts'

/** Changes of one file come one after the other. */
const CHANGES = new KeyLocks<string>()

/** The part of a config file that Barter reads. */
export interface Config extends Settings {
  readonly identity: Identity
  readonly file: string
  /** All of it, as it stands in the file. */
  readonly source: JsonObject
  /** What goes before the file, the strongest last. */
  readonly overrides: readonly Override[]
  /** The file with what goes before it. */
  readonly merged: JsonObject
}

/** Reads and checks a config file. Throws `RepoError` that names the file, the key, its value and what was expected. */
export async function readConfig(path: string, overrides: readonly Override[] = []): Promise<Config> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw configError(path, 'it is missing: put it back from a copy', error)
    throw configError(path, `it cannot be read (${reasonOf(error)})`, error)
  }
  return parseConfig(text, path, overrides)
}

/** Writes the whole config, readable by its owner only. */
export async function writeConfig(path: string, config: JsonObject): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(config, null, 2)}\n`, 0o600)
}

/** Changes a config file as it stands now. Throws what `readConfig` does, before and after the change. */
export async function updateConfig(path: string, change: (config: JsonObject) => JsonObject): Promise<Config> {
  return await CHANGES.run(path, async () => {
    const before = await readConfig(path)
    const source = change(before.source)
    const config = parseConfig(JSON.stringify(source), path)
    await checkPlaceChange(path, before.storage, config.storage)
    await writeConfig(path, source)
    return config
  })
}

export function parseConfig(text: string, path: string, overrides: readonly Override[] = []): Config {
  let source: unknown
  try {
    source = JSON.parse(text)
  } catch (error) {
    throw configError(path, `it is not JSON (${reasonOf(error)}): mend it, or put it back from a copy`, error)
  }
  if (!isObject(source)) throw configError(path, 'it is not a JSON object: put it back from a copy')
  const merged = withOverrides(source, overrides)
  const values = check(configSchema, merged, path, overrides)
  return { identity: values.Identity, ...toSettings(values), file: path, source, overrides, merged }
}

/** The settings in an object with the keys of a config file. `where` names it in errors. */
export function readSettings(source: JsonObject, where: string): Settings {
  return toSettings(check(settingsSchema, source, where))
}

function check<Type extends z.ZodType>(
  schema: Type,
  source: JsonObject,
  where: string,
  overrides: readonly Override[] = []
): z.output<Type> {
  const result = schema.safeParse(withoutEmpty(source))
  if (result.success) return result.data
  const problem = describeIssues(result.error.issues, {
    source,
    keysOf: namesAt,
    defaultOf: (path) => {
      const known = keyAt(path)
      return known?.path.length === path.length ? known.missing : undefined
    },
    isSecret: (path) => keyAt(path)?.isSecret === true,
    sourceOf: (path) => overrides.findLast(({ key }) => key === keyAt(path)?.key)?.source
  })
  throw configError(where, problem)
}

/** As in Kubo, `null` stands for "as by default"; so does a text without a letter. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (!isObject(value)) return value
  const set = Object.entries(value).filter(([, entry]) => entry !== null && entry !== '')
  return Object.fromEntries(set.map(([key, entry]) => [key, withoutEmpty(entry)]))
}
