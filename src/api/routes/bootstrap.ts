import { InvalidParametersError } from '../../errors.ts'
import { flag, json, type Call, type Reply, type Route } from '../server/route.ts'
import type { PeerService } from '../service/peer-service.ts'

/** `[]` and not `null`, as Kubo answers here. */
const peers = (list: readonly string[]): Reply => json({ Peers: list })

const LIST = async (service: PeerService): Promise<Reply> => peers(await service.bootstrapList())

export const BOOTSTRAP_ROUTES: readonly Route[] = [
  { path: 'bootstrap', run: LIST },
  { path: 'bootstrap/list', run: LIST },
  {
    path: 'bootstrap/add',
    arg: { name: 'peer', min: 1, many: true },
    run: async (service, call) => peers(await service.bootstrapAdd(call.args))
  },
  {
    path: 'bootstrap/rm',
    arg: { name: 'peer', min: 0, many: true },
    options: [{ name: 'all', type: 'bool' }],
    run: async (service, call) => peers(await service.bootstrapRemove(whatToRemove(call)))
  },
  { path: 'bootstrap/rm/all', run: async (service) => peers(await service.bootstrapRemove('all')) }
]

function whatToRemove(call: Call): readonly string[] | 'all' {
  if (flag(call, 'all')) return 'all'
  if (call.args.length === 0) throw new InvalidParametersError('argument "peer" is required, or the option --all')
  return call.args
}
