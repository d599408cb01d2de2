/** Options of the program, as they stand on the command line. */
export interface GlobalOptions {
  readonly repoDir?: string
  readonly api?: string
  readonly offline?: boolean
  readonly timeout?: string
  readonly json?: boolean
}

/** `daemon`: only a running one will do. `peers`: other peers may be asked. `repo`: the repo is enough. */
export type ServiceNeed = 'daemon' | 'peers' | 'repo'
