import { Tally } from '../../tally.ts'

/** Kubo's are finer: one by one up to 20. */
const COUNTS = [1, 2, 5, 10, 15, 20, 30, 50, 100]

/** What peers said of themselves, each once a connection. */
export class IdentifyMeter {
  readonly protocols = new Tally(COUNTS)
  readonly addresses = new Tally(COUNTS)

  received(said: { readonly protocols: readonly string[]; readonly listenAddrs: readonly unknown[] }): void {
    this.protocols.add(said.protocols.length)
    this.addresses.add(said.listenAddrs.length)
  }
}
