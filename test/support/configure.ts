import { join } from 'node:path'
import { readConfig, writeConfig } from '../../src/node/config/config.ts'
import { merge } from '../../src/node/repo/profiles.ts'

/** Groups of a config, over those that are there. */
export type Settings = Readonly<Record<string, Record<string, unknown>>>

/** Writes settings into the config of a repo. */
export async function configure(root: string, settings: Settings): Promise<void> {
  const path = join(root, 'config')
  for (const [group, values] of Object.entries(settings))
    await writeConfig(path, merge((await readConfig(path)).source, group, values))
}
