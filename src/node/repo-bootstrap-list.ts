import { readSettings, updateConfig } from './config/config.ts'
import { BootstrapList } from './connectivity/bootstrap-list.ts'
import type { Repo } from './repo.ts'

/** The bootstrap list of a repo; changes go into its config at once. */
export function repoBootstrapList({ config, paths }: Pick<Repo, 'config' | 'paths'>): BootstrapList {
  return new BootstrapList({
    initial: config.discovery.bootstrap,
    save: async (edit) => {
      await updateConfig(paths.config, (source) => {
        const { discovery } = readSettings(source, paths.config)
        return { ...source, Bootstrap: edit(discovery.bootstrap) }
      })
    }
  })
}
