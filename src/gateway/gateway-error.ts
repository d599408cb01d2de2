import { BitswapError } from '../errors.ts'

/** A request that is answered with an error: its status, what is wrong in plain text, and when to come back. */
export class GatewayError extends BitswapError {
  readonly status: number
  readonly retryAfterS: number | undefined

  constructor(status: number, message: string, options: ErrorOptions & { readonly retryAfterS?: number } = {}) {
    super('GatewayError', `ERR_GATEWAY_${status}`, message, options)
    this.status = status
    this.retryAfterS = options.retryAfterS
  }
}
