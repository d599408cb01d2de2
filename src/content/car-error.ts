import { BitswapError } from '../errors.ts'

/** A CAR that cannot be read on; `offset` is the byte of it where that was found. */
export class CarError extends BitswapError {
  readonly offset: number

  constructor(what: string, offset: number, options?: ErrorOptions) {
    super('CarError', 'ERR_CAR', `${what}, at byte ${offset}`, options)
    this.offset = offset
  }
}

export class UnexpectedEndOfCarError extends CarError {
  constructor(offset: number) {
    super('unexpected EOF', offset)
  }
}
