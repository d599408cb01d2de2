import type { CID } from 'multiformats/cid'
import { BitswapError } from '../errors.ts'
import type { PeerId } from '../ids.ts'
import type { AbortOptions, Provider, ProviderFinder } from '../ports.ts'

export interface ProvideOptions extends AbortOptions {
  /** Told of each peer that wrote it down. */
  readonly onTaken?: ((peer: PeerId) => void) | undefined
}

/**
 * One routing system: the DHT of the internet or of this network, a delegated router, a fixed list. Untrusted: its answers
 * are hints, and it may answer late, without end, or never.
 */
export interface Router extends ProviderFinder {
  /** Names it in logs and errors. */
  readonly name: string
  /** Where a peer can be reached; undefined when this router does not know. */
  findPeer?(peer: PeerId, options?: AbortOptions): Promise<Provider | undefined>
  /** Tells the system that this peer has a block; resolves with how many peers wrote it down. */
  provide?(cid: CID, options?: ProvideOptions): Promise<number>
  /** Takes back what `provide` wrote down here. What other peers wrote down ends with its time. */
  withdraw?(cid: CID, options?: AbortOptions): Promise<void>
}

/** Nobody wrote down that this peer has a block; `cause` says what each router met. */
export class NotProvidedError extends BitswapError {
  /** No router had anybody to tell: nothing went wrong. */
  readonly nobody: boolean

  constructor(message: string, { nobody = false, ...options }: ErrorOptions & { readonly nobody?: boolean } = {}) {
    super('NotProvidedError', 'ERR_NOT_PROVIDED', message, options)
    this.nobody = nobody
  }
}

/** A router could not be asked, or its answer is of no use. */
export class RouterError extends BitswapError {
  constructor(message: string, options?: ErrorOptions) {
    super('RouterError', 'ERR_ROUTER', message, options)
  }
}

/** There is nobody in this router's system who could be told: no fault, and no news while nobody comes. */
export class NobodyToTellError extends BitswapError {
  constructor() {
    super('NobodyToTellError', 'ERR_NOBODY_TO_TELL', 'there is nobody to hand the record to')
  }
}

export function noEndAfter(ms: number): RouterError {
  return new RouterError(`no end after ${ms} ms`)
}
