import type { Settings } from '../config/schema.ts'
import { AUTO_BOOTSTRAP } from '../config/discovery-section.ts'
import { RepoError } from '../repo/repo-error.ts'
import { isPrivateForced, type SwarmKey } from './swarm-key.ts'

/**
 * Checks that a peer goes to the network it is meant for. Throws `RepoError` when the environment demands a private swarm
 * and there is no key, or when a setting would lead a private one to the public network. `where` names the key.
 */
export function checkPrivacy(key: SwarmKey | undefined, settings: Settings, where: string): void {
  if (key === undefined) {
    if (isPrivateForced()) {
      throw privacyError(`LIBP2P_FORCE_PNET is set, but there is no swarm key: put one into ${where}, or unset it`)
    }
    return
  }
  const { quic, webrtcDirect } = settings.swarm.transports
  if (quic || webrtcDirect) {
    const switches = [...(quic ? ['QUIC'] : []), ...(webrtcDirect ? ['WebRTCDirect'] : [])]
    throw privacyError(
      `a private swarm speaks TCP and WebSocket only, for other transports would not be closed to strangers: ` +
        `set Swarm.Transports.Network.${switches.join(' and .')} to false, or remove ${where}`
    )
  }
  if (settings.discovery.bootstrap.includes(AUTO_BOOTSTRAP)) {
    throw privacyError(
      `Bootstrap holds "${AUTO_BOOTSTRAP}", which are peers of the public network: ` +
        `name peers of the private swarm instead, or remove ${where}`
    )
  }
}

function privacyError(message: string): RepoError {
  return new RepoError('ERR_SWARM_KEY', message)
}
