/** One request while it is under way. Its signal is made when it is asked for: what is here needs none, and they cost. */
export class RequestLife {
  #controller: AbortController | undefined
  #over: Error | undefined

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#over !== undefined) this.#controller.abort(this.#over)
    return this.#controller.signal
  }

  end(reason: Error): void {
    this.#over ??= reason
    this.#controller?.abort(this.#over)
  }
}
