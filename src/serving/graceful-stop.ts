import { once } from 'node:events'
import type { Server } from 'node:http'

/** Time that answers under way get once a server stops. */
const GRACE_MS = 500

/** The end of a server: what is under way gets a moment to be answered, then every connection is closed. */
export class GracefulStop {
  readonly #server: Server
  readonly #graceMs: number
  #stopped: Promise<void> | undefined

  constructor(server: Server, graceMs = GRACE_MS) {
    this.#server = server
    this.#graceMs = graceMs
    server.on('request', (_request, response) => {
      response.on('close', () => {
        // A connection that was kept for the next request would hold up the end.
        if (this.#stopped !== undefined) setImmediate(() => server.closeIdleConnections())
      })
    })
  }

  stop(): Promise<void> {
    if (this.#server.listening) this.#stopped = this.#stop()
    return this.#stopped ?? Promise.resolve()
  }

  async #stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    const grace = setTimeout(() => this.#server.closeAllConnections(), this.#graceMs)
    await closed
    clearTimeout(grace)
  }
}
