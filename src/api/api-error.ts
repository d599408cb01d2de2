export type ApiErrorKind = 'command' | 'large' | 'parse'

/**
 * Failures as the API tells them. `command` is a command that failed (500, or 400 when the caller is to blame), `large` one
 * that was sent more than is read (413): JSON. `parse` is a call that makes no sense (400): plain text. The texts are Kubo's
 * where clients read them.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly kind: ApiErrorKind
  /** Kubo's `Code`: 0 normal, 1 client. */
  readonly code: 0 | 1

  constructor(kind: ApiErrorKind, message: string, options?: ErrorOptions & { code?: 0 | 1 }) {
    super(message, options)
    this.kind = kind
    this.code = options?.code ?? (kind === 'large' ? 1 : 0)
  }
}

/** There is no daemon to call, or it does not answer. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError'

  /** `why` says where it was looked for, and how that ended. */
  constructor(why: string, options?: ErrorOptions) {
    super(`cannot connect to the api ${why}. Is the daemon running?`, options)
  }
}

/** The text a user of Kubo knows for this failure, else the error's own. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'context deadline exceeded'
  if (error.name === 'AbortError') return 'context canceled'
  return error.message === '' ? error.name : error.message
}
