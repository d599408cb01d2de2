/** What a gateway did since it was started. */
export interface GatewayStat {
  readonly inFlight: number
  /** Answers by status; 499 for clients that hung up before they had all of it, 503 for those cut off before. */
  readonly responses: Readonly<Record<number, number>>
  /** Answers that were cut off, by the gateway or the client. */
  readonly cut: number
  readonly bodyBytes: number
}

/** The counters behind `GatewayStat`. */
export class GatewayCounters {
  #inFlight = 0
  #cut = 0
  #bodyBytes = 0
  #heldBytes = 0
  /** Bounded: by the statuses that a gateway has. */
  readonly #responses = new Map<number, number>()

  get inFlight(): number {
    return this.#inFlight
  }

  /** Bytes handed to responses whose clients have not taken them. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  readonly held = (bytes: number): void => void (this.#heldBytes += bytes)

  began(): void {
    this.#inFlight++
  }

  ended(status: number, bodyBytes: number, isWhole: boolean): void {
    this.#inFlight--
    this.#bodyBytes += bodyBytes
    if (!isWhole) this.#cut++
    this.#responses.set(status, (this.#responses.get(status) ?? 0) + 1)
  }

  snapshot(): GatewayStat {
    return {
      inFlight: this.#inFlight,
      responses: Object.fromEntries(this.#responses),
      cut: this.#cut,
      bodyBytes: this.#bodyBytes
    }
  }
}
