import type { PolicyRule } from '../exchange.ts'
import { updateConfig } from './config/config.ts'
import { writePolicy } from './config/policy-section.ts'
import type { Repo } from './repo.ts'

/** Writes rules into the config of a repo; without one they end with the process. */
export function policySaver(repo: Pick<Repo, 'paths'> | undefined): (rules: readonly PolicyRule[]) => Promise<void> {
  return async (rules) => {
    if (repo !== undefined) await updateConfig(repo.paths.config, (source) => writePolicy(source, rules))
  }
}
