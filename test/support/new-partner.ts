import type { Accounts } from '../../src/engine/accounts.ts'
import { Partner } from '../../src/engine/partner.ts'
import { SharedPlaces } from '../../src/engine/shared-places.ts'
import { toPeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import { noAccounts } from './accounts.ts'

/** A partner of an engine with the usual options, with whom nothing was exchanged unless said. */
export function newPartner(name: string, accounts: Accounts = noAccounts): Partner {
  return new Partner(toPeerId(name), { presences: true }, DEFAULT_OPTIONS.engine, new SharedPlaces(0), accounts)
}
