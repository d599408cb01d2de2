/** What a peer tells its owner about the process it runs in, and about what that was asked to do. */
import type { MaybePromise } from '../../ports.ts'

/** A command that the API took. */
export interface CommandRecord {
  readonly id: number
  /** As in the URL, such as `block/get`. */
  readonly command: string
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Undefined while it is under way. */
  readonly endedAt: number | undefined
}

export interface SystemInfo {
  readonly version: string
  readonly runtime: string
  readonly system: string
  readonly processors: number
  readonly uptimeMs: number
  readonly memory: {
    readonly rss: number
    readonly heapUsed: number
    readonly external: number
    readonly total: number
  }
  readonly disk: { readonly path: string; readonly free: number; readonly total: number }
  readonly online: boolean
}

export interface DiagnosticsService {
  /** The commands under way, and those of a while ago. */
  commands(): MaybePromise<readonly CommandRecord[]>
  /** Forgets those that have ended. */
  clearCommands(): MaybePromise<void>
  /** For how long a command that has ended is kept. */
  keepCommands(forMs: number): MaybePromise<void>
  /** To be called by whoever takes a command for this peer; what it returns, when the command has ended. */
  commandBegins(command: Pick<CommandRecord, 'command' | 'args' | 'options'>): () => void
  system(): MaybePromise<SystemInfo>
  /** Resolves when the store can be written and read; rejects with what is wrong. */
  check(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}
