import { readSettings, updateConfig } from '../config/config.ts'
import type { JsonObject } from '../config/json.ts'
import { BootstrapList } from '../connectivity/bootstrap-list.ts'
import type { Exclusively } from '../service/local-config.ts'
import type { Repo } from './repo.ts'

/** The bootstrap list of a repo; changes go into its config at once, `exclusively` where the repo is not held anyhow. */
export function repoBootstrapList(
  { config, paths }: Pick<Repo, 'config' | 'paths'>,
  exclusively: Exclusively = (run) => run()
): BootstrapList {
  return new BootstrapList({
    initial: config.discovery.bootstrap,
    save: async (edit) => {
      const change = (source: JsonObject): JsonObject => {
        const { discovery } = readSettings(source, paths.config)
        return { ...source, Bootstrap: edit(discovery.bootstrap) }
      }
      await exclusively(() => updateConfig(paths.config, change))
    }
  })
}
