/** Options of the program, as they stand on the command line. */
export interface GlobalOptions {
  readonly repoDir?: string
  readonly api?: string
  /** Shown to the daemon instead of the token of the repo. */
  readonly apiAuth?: string
  readonly offline?: boolean
  readonly timeout?: string
  readonly json?: boolean
}

/** The same by Kubo's names. */
export interface KuboOptions {
  readonly encoding?: 'text' | 'json'
  readonly local?: boolean
  readonly config?: string
}

/**
 * `daemon`: only a running one will do. `peers`: other peers may be asked. `repo`: the repo is enough. `settings`: its
 * config is, whatever its stores are like. `doctor`: the repo, as far as it can be opened.
 */
export type ServiceNeed = 'daemon' | 'peers' | 'repo' | 'settings' | 'doctor'
