import { parseDuration } from '../api/formats/duration.ts'
import { InvalidParametersError } from '../errors.ts'
import type { Override } from '../node/config/override.ts'
import { environmentOverrides, flagOverrides } from '../node/config/overrides.ts'

/** What goes before the config file. */
export interface StartSettings {
  /** The strongest last. */
  readonly overrides: readonly Override[]
  readonly waitForLockMs?: number
}

/** What the environment and `--set` say of a start. */
export function startSettings(
  env: NodeJS.ProcessEnv,
  set: readonly string[],
  warn: (message: string) => void
): StartSettings {
  const overrides = [...environmentOverrides(env, warn), ...flagOverrides(set)]
  const wait = env['IPFS_WAIT_REPO_LOCK']
  if (wait === undefined || wait === '') return { overrides }
  const waitForLockMs = parseDuration(wait)
  if (waitForLockMs === undefined) {
    throw new InvalidParametersError(`the variable IPFS_WAIT_REPO_LOCK is "${wait}": expected a duration such as 10s`)
  }
  return { overrides, waitForLockMs }
}
