/**
 * Every error that leaves Barter. Match on `name` (the habit of the libp2p world) or `code`, never on the message.
 * A broken rule of our own throws `assert`; an absent block is `undefined`; a peer's fault is a `ProtocolError` that is
 * counted against that peer and ends nothing else.
 */
export class BitswapError extends Error {
  readonly code: string

  constructor(name: string, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = name
    this.code = code
  }
}

/** The block is not here, and the caller forbade asking for it elsewhere (or nothing more can be tried). */
export class NotFoundError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('NotFoundError', 'ERR_NOT_FOUND', message, options)
  }
}

/** A call on something that has not been started, or was stopped. */
export class NotStartedError extends BitswapError {
  constructor(message = 'bitswap is not running: call start() first') {
    super('NotStartedError', 'ERR_NOT_STARTED', message)
  }
}

/** An argument or option is unusable; the message names it and says what is allowed. */
export class InvalidParametersError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidParametersError', 'ERR_INVALID_PARAMETERS', message, options)
  }
}

/** The CID names a hash function, or a digest length, that this peer does not accept. */
export class UnsupportedHashError extends BitswapError {
  constructor(message: string) {
    super('UnsupportedHashError', 'ERR_UNSUPPORTED_HASH', message)
  }
}

/** A block larger than bitswap carries (nearly 4 MiB), or than every peer takes (2 MiB) where one is made. */
export class BlockTooLargeError extends BitswapError {
  constructor(message: string) {
    super('BlockTooLargeError', 'ERR_BLOCK_TOO_LARGE', message)
  }
}

/** Bytes that do not hash to the CID they were given for. */
export class HashMismatchError extends BitswapError {
  constructor(message: string) {
    super('HashMismatchError', 'ERR_HASH_MISMATCH', message)
  }
}

/** The session was closed while wants of it were open. */
export class SessionClosedError extends BitswapError {
  constructor(message = 'the session was closed') {
    super('SessionClosedError', 'ERR_SESSION_CLOSED', message)
  }
}

/** The want was cancelled by the owner of this peer (`bitswap unwant`), not by whoever waits for the block. */
export class WantCancelledError extends BitswapError {
  constructor(message = 'the want was cancelled by the owner of this peer') {
    super('WantCancelledError', 'ERR_WANT_CANCELLED', message)
  }
}

/** A message could not be handed to a peer; `cause` says why. */
export class SendFailedError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('SendFailedError', 'ERR_SEND_FAILED', message, options)
  }
}

/** A peer broke the protocol. Counted against that peer; ends its stream and nothing else. */
export class ProtocolError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('ProtocolError', 'ERR_PROTOCOL', message, options)
  }
}

/** The disk failed (EIO, ENOSPC, EMFILE …): never to be read as "not found". */
export class StoreError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('StoreError', 'ERR_STORE', message, options)
  }
}

/** Another process uses the repo; `pid` is its id on the machine where it runs. */
export class RepoLockedError extends BitswapError {
  readonly pid: number

  constructor(message: string, pid: number) {
    super('RepoLockedError', 'ERR_REPO_LOCKED', message)
    this.pid = pid
  }
}

/** Our own mistake: an invariant does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) {
    throw new BitswapError('AssertionError', 'ERR_ASSERTION', `invariant broken: ${message}`)
  }
}

export function assertNever(value: never): never {
  throw new BitswapError('AssertionError', 'ERR_ASSERTION', `unexpected value ${String(value)}`)
}

/** Is an error of this class, or what caused it? An operation may fail with an error of its own for what failed below it. */
export function isCausedBy(error: unknown, kind: new (...args: never[]) => Error): boolean {
  return error instanceof kind || (error instanceof Error && isCausedBy(error.cause, kind))
}
