import { multiaddr } from '@multiformats/multiaddr'
import { InvalidParametersError } from '../../errors.ts'
import { isPeerAddress } from '../config/address-kinds.ts'
import { AUTO_BOOTSTRAP } from '../config/discovery-section.ts'
import { reasonOf } from '../repo/repo-error.ts'

/** Makes a list of another. */
export type BootstrapEdit = (list: readonly string[]) => readonly string[]

export interface BootstrapListParts {
  readonly initial: readonly string[]
  /** Makes the same change to the list that is kept for the next start, as that stands by then. */
  readonly save: (edit: BootstrapEdit) => Promise<void>
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
    const wanted = [...new Set(addresses)]
    await this.#change((list) => [...list, ...wanted.filter((address) => !list.includes(address))])
    return addresses
  }

  /** Returns those that were in the list. An address without a transport stands for all of its peer. */
  async remove(addresses: readonly string[]): Promise<readonly string[]> {
    for (const address of addresses) check(address)
    const isMeant = (entry: string): boolean =>
      addresses.some((address) => entry === address || (address.startsWith('/p2p/') && entry.endsWith(address)))
    const removed = this.#list.filter(isMeant)
    await this.#change((list) => list.filter((entry) => !isMeant(entry)))
    return removed
  }

  async removeAll(): Promise<readonly string[]> {
    const removed = this.#list
    await this.#change(() => [])
    return removed
  }

  /** Takes another list over, which is kept already. */
  become(list: readonly string[]): void {
    this.#list = list
  }

  /** Others may change the list while it is being kept: what changes is the list as it is afterwards. */
  async #change(edit: BootstrapEdit): Promise<void> {
    await this.#save(edit)
    this.#list = edit(this.#list)
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
