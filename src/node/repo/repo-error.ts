import { BitswapError } from '../../errors.ts'

/** Every way a repo, or a start on it, can fail. Each message ends with what to do about it. */
export type RepoErrorCode =
  | 'ERR_NO_REPO'
  | 'ERR_REPO_EXISTS'
  | 'ERR_REPO_CONFIG'
  | 'ERR_REPO_IDENTITY'
  | 'ERR_REPO_VERSION'
  | 'ERR_REPO_FOREIGN'
  | 'ERR_REPO_LOCKED'
  | 'ERR_REPO_STORAGE'
  | 'ERR_PORT_IN_USE'
  | 'ERR_LISTEN'
  | 'ERR_TRANSPORT'
  | 'ERR_SWARM_KEY'
  | 'ERR_API_TOKEN'

/** A repo that cannot be used as it is. Match on `code`. */
export class RepoError extends BitswapError {
  constructor(code: RepoErrorCode, message: string, options?: ErrorOptions) {
    super('RepoError', code, message, options)
  }
}

/** The code of a failed system call (`ENOENT`, `EADDRINUSE` …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The text of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
