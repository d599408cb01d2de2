import type { CID } from 'multiformats/cid'
import type { PeerId } from '../ids.ts'
import type { AbortOptions, Clock, Logger, Provider, ProviderFinder } from '../ports.ts'
import { timedAbort } from '../timed-abort.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { admitProvider } from './admit-provider.ts'
import { NobodyToTellError, noEndAfter, NotProvidedError, type ProvideOptions, type Router } from './router.ts'
import { RouterSearch } from './router-search.ts'

export interface CompositeParts {
  /** This peer: it does not look for itself. */
  readonly self?: PeerId | undefined
  readonly clock: Clock
  readonly logger: Logger
}

export interface CompositeOptions {
  /** How long one router is waited for, in milliseconds. A walk through the DHT of the internet takes up to a minute. */
  readonly deadlineMs: number
  /** Providers taken from one router for one search. */
  readonly maxPerRouter: number
}

export const DEFAULT_COMPOSITE_OPTIONS: CompositeOptions = { deadlineMs: 60_000, maxPerRouter: 20 }

/** What went wrong at one router, for whoever wants to know. */
export interface AskOptions extends AbortOptions {
  readonly onFailure?: ((router: string, error: unknown) => void) | undefined
}

/**
 * All routers as one: each question goes to all of them at once, and none can keep the others from answering by being
 * slow, deaf, broken or talkative.
 */
export class CompositeRouter implements ProviderFinder {
  readonly #routers: readonly Router[]
  readonly #parts: CompositeParts
  readonly #options: CompositeOptions

  constructor(routers: readonly Router[], parts: CompositeParts, options: Partial<CompositeOptions> = {}) {
    this.#routers = routers
    this.#parts = parts
    this.#options = { ...DEFAULT_COMPOSITE_OPTIONS, ...options }
  }

  get names(): readonly string[] {
    return this.#routers.map(({ name }) => name)
  }

  /** True when there is a router that takes down who has what. */
  get canProvide(): boolean {
    return this.#routers.some((router) => router.provide !== undefined)
  }

  findProviders(cid: CID, { signal, onFailure }: AskOptions = {}): AsyncGenerator<Provider> {
    const failed = (router: string, error: unknown): void => {
      this.#parts.logger.debug('a router failed', { router, error })
      onFailure?.(router, error)
    }
    const { clock, self } = this.#parts
    return new RouterSearch(this.#routers, { clock, self, ...this.#options, failed }).run(cid, signal)
  }

  /** The first useful answer; undefined when no router has one. */
  async findPeer(peer: PeerId, { signal, onFailure }: AskOptions = {}): Promise<Provider | undefined> {
    const answered = Promise.withResolvers<Provider>()
    const asking = this.#each('findPeer', signal, async (router, inner) => {
      const answer = await router.findPeer?.(peer, { signal: inner })
      const found = answer?.peer === peer ? admitProvider(answer) : undefined
      if (found !== undefined && found.addresses.length > 0) answered.resolve(found)
    })
    const nobody = asking.then((failures) => {
      for (const { router, error } of failures) onFailure?.(router, error)
      return undefined
    })
    return await Promise.race([answered.promise, nobody])
  }

  /**
   * Tells all routers that this peer has a block. Resolves with the names of those where somebody wrote it down; rejects
   * with `NotProvidedError` when nobody did.
   */
  async provide(cid: CID, { signal, onTaken }: ProvideOptions = {}): Promise<readonly string[]> {
    const told: string[] = []
    const failures = await this.#each('provide', signal, async (router, inner) => {
      if (((await router.provide?.(cid, { signal: inner, onTaken })) ?? 0) > 0) told.push(router.name)
    })
    if (told.length > 0) return told
    const why = failures.map(({ router, error }) => `${router}: ${reasonOf(error)}`).join('; ')
    throw new NotProvidedError(why === '' ? 'no peer takes provider records' : `no peer took the record (${why})`, {
      cause: failures[0]?.error,
      nobody: failures.length > 0 && failures.every(({ error }) => error instanceof NobodyToTellError)
    })
  }

  async withdraw(cid: CID, { signal }: AbortOptions = {}): Promise<void> {
    await this.#each('withdraw', signal, async (router, inner) => await router.withdraw?.(cid, { signal: inner }))
  }

  /** Asks every router that can; resolves when each has answered, failed or run out of time. Rejects when aborted. */
  async #each(
    what: 'findPeer' | 'provide' | 'withdraw',
    signal: AbortSignal | undefined,
    ask: (router: Router, signal: AbortSignal) => Promise<void>
  ): Promise<readonly { router: string; error: unknown }[]> {
    signal?.throwIfAborted()
    const failures: { router: string; error: unknown }[] = []
    const ms = this.#options.deadlineMs
    const limit = timedAbort({ clock: this.#parts.clock, ms, late: () => noEndAfter(ms), signal })
    const one = async (router: Router): Promise<void> => {
      try {
        await unlessAborted(ask(router, limit.signal), limit.signal)
      } catch (error) {
        failures.push({ router: router.name, error })
        this.#parts.logger.debug('a router failed', { router: router.name, what, error })
      }
    }
    try {
      await Promise.all(this.#routers.filter((router) => router[what] !== undefined).map(one))
    } finally {
      limit.abort()
    }
    signal?.throwIfAborted()
    return failures
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
