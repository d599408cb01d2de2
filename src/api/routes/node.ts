import { ApiError } from '../api-error.ts'
import { json, EMPTY, text, type Route } from '../route.ts'

export const NODE_ROUTES: readonly Route[] = [
  {
    path: 'version',
    run: async (service) => {
      const { version, commit, repo, system, runtime } = await service.version()
      return json({ Version: version, Commit: commit, Repo: repo, System: system, Golang: runtime })
    }
  },
  {
    path: 'id',
    arg: { name: 'peerid', min: 0 },
    options: [{ name: 'peerid-base', type: 'string' }],
    run: async (service, call) => {
      if ((text(call, 'peerid-base') ?? 'b58mh') !== 'b58mh') {
        throw new ApiError('command', 'peer ids are shown in base58 only: leave out peerid-base', { code: 1 })
      }
      const info = await service.id(call.args[0], { signal: call.signal })
      return json({
        ID: info.id,
        PublicKey: info.publicKey,
        Addresses: orNull(info.addresses),
        AgentVersion: info.agentVersion,
        Protocols: orNull(info.protocols)
      })
    }
  },
  {
    path: 'shutdown',
    run: async (service) => {
      await service.shutdown()
      return EMPTY
    }
  }
]

/** An empty list is `null` on this wire. */
function orNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list
}
