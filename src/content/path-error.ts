import { BitswapError } from '../errors.ts'

/** A path that leads nowhere: one of its names is not there. */
export class PathError extends BitswapError {
  constructor(message: string) {
    super('PathError', 'ERR_PATH', message)
  }
}
