import { multiaddr } from '@multiformats/multiaddr'
import { InvalidParametersError } from '../../errors.ts'
import { isPeerAddress } from '../config/address-kinds.ts'
import { AUTO_BOOTSTRAP } from '../config/discovery-section.ts'
import { reasonOf } from '../repo-error.ts'

export interface BootstrapListParts {
  readonly initial: readonly string[]
  /** Keeps the whole list for the next start. */
  readonly save: (list: readonly string[]) => Promise<void>
}

/** The peers that this one begins with, as its owner changes them. Entries are checked; a change is kept when it resolves. */
export class BootstrapList {
  readonly #save: BootstrapListParts['save']
  #list: readonly string[]

  constructor({ initial, save }: BootstrapListParts) {
    this.#list = initial
    this.#save = save
  }

  list(): readonly string[] {
    return this.#list
  }

  /** Returns those that were given, known before or not. Rejects with `InvalidParametersError`, and changes nothing then. */
  async add(addresses: readonly string[]): Promise<readonly string[]> {
    for (const address of addresses) check(address)
    await this.#change([...new Set([...this.#list, ...addresses])])
    return addresses
  }

  /** Returns those that were in the list. An address without a transport stands for all of its peer. */
  async remove(addresses: readonly string[]): Promise<readonly string[]> {
    for (const address of addresses) check(address)
    const removed = this.#list.filter((entry) =>
      addresses.some((address) => entry === address || (address.startsWith('/p2p/') && entry.endsWith(address)))
    )
    await this.#change(this.#list.filter((entry) => !removed.includes(entry)))
    return removed
  }

  async removeAll(): Promise<readonly string[]> {
    const removed = this.#list
    await this.#change([])
    return removed
  }

  /** Takes another list over, which is kept already. */
  become(list: readonly string[]): void {
    this.#list = list
  }

  async #change(list: readonly string[]): Promise<void> {
    if (list.length === this.#list.length) return
    await this.#save(list)
    this.#list = list
  }
}

function check(address: string): void {
  if (address === AUTO_BOOTSTRAP) return
  let isRight: boolean
  try {
    isRight = isPeerAddress(multiaddr(address))
  } catch (cause) {
    throw new InvalidParametersError(`invalid peer address "${address}": ${reasonOf(cause)}`, { cause })
  }
  if (!isRight) throw new InvalidParametersError(`invalid peer address "${address}": it must end with /p2p/<peer id>`)
}
