import { kuboVersion } from '../formats/kubo-version.ts'
import { peerIdIn } from '../formats/peer-id-base.ts'
import { json, EMPTY, text, type Route } from '../server/route.ts'

export const NODE_ROUTES: readonly Route[] = [
  {
    path: 'version',
    options: ['number', 'commit', 'repo', 'all'].map((name) => ({ name, type: 'bool' as const })),
    run: async (service) => {
      const { version, commit, repo, system, runtime } = await service.version()
      const Version = kuboVersion(version)
      return json({ Version, Commit: commit, Repo: repo, System: system, Golang: runtime, Barter: version })
    }
  },
  {
    path: 'id',
    arg: { name: 'peerid', min: 0 },
    options: [
      { name: 'peerid-base', type: 'string' },
      { name: 'format', also: ['f'], type: 'string' }
    ],
    run: async (service, call) => {
      const base = text(call, 'peerid-base') ?? 'b58mh'
      const info = await service.id(call.args[0], { signal: call.signal })
      return json({
        ID: peerIdIn(base, info.id),
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
