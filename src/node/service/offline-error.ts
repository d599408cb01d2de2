import { BitswapError } from '../../errors.ts'

/** The command needs peers, and this process has none. In Kubo's words. */
export class OfflineError extends BitswapError {
  constructor() {
    super('OfflineError', 'ERR_OFFLINE', "this command must be run in online mode. Try running 'barter daemon' first")
  }
}
