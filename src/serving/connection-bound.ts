import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Bounds the connections of a server without shutting anybody out: beyond the bound, the oldest one that waits for its
 * caller makes room. Whoever opens hundreds and says nothing, or sends or reads drop by drop, loses them to those who ask
 * and are answered.
 */
export class ConnectionBound {
  /** Bounded: by `max`. Oldest first; undefined between requests. */
  readonly #open = new Map<Socket, Exchange | undefined>()
  readonly #max: number

  constructor(server: Server, max: number) {
    this.#max = max
    server.on('connection', (socket) => this.#opened(socket))
    server.on('request', (request, response) => this.#asked(request, response))
  }

  #opened(socket: Socket): void {
    if (this.#open.size >= this.#max && !this.#makeRoom()) {
      socket.destroy()
      return
    }
    this.#open.set(socket, undefined)
    socket.once('close', () => this.#open.delete(socket))
  }

  #asked(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    if (!this.#open.has(socket)) return
    this.#open.set(socket, { request, response })
    response.once('close', () => {
      if (this.#open.get(socket)?.response === response) this.#open.set(socket, undefined)
    })
  }

  /** Closes one connection; false when all are being worked for. */
  #makeRoom(): boolean {
    const all = [...this.#open]
    const [victim] =
      all.find(([, exchange]) => exchange === undefined) ?? all.find(([, at]) => waitsForCaller(at)) ?? []
    if (victim === undefined) return false
    this.#open.delete(victim)
    victim.destroy()
    return true
  }
}

function waitsForCaller(exchange: Exchange | undefined): boolean {
  return exchange === undefined || !exchange.request.complete || isBehind(exchange.response)
}

/** Does its caller have yet to take what there is of the answer? */
export function isBehind({ writableNeedDrain, writableEnded, writableFinished }: ServerResponse): boolean {
  return writableNeedDrain || (writableEnded && !writableFinished)
}
