import { commandTree } from './command-tree.ts'
import type { Route } from './route.ts'
import { flag, json } from './route.ts'
import { BITSWAP_ROUTES } from '../routes/bitswap.ts'
import { BLOCK_ROUTES } from '../routes/block.ts'
import { BOOTSTRAP_ROUTES } from '../routes/bootstrap.ts'
import { CONFIG_ROUTES } from '../routes/config.ts'
import { DIAGNOSTICS_ROUTES } from '../routes/diagnostics.ts'
import { DAG_ROUTES } from '../routes/dag.ts'
import { FILE_ROUTES } from '../routes/files.ts'
import { INSIGHT_ROUTES } from '../routes/insight.ts'
import { LOG_ROUTES } from '../routes/log.ts'
import { NETWORK_ROUTES } from '../routes/network.ts'
import { NODE_ROUTES } from '../routes/node.ts'
import { PIN_ROUTES } from '../routes/pins.ts'
import { POLICY_ROUTES } from '../routes/policy.ts'
import { REPO_ROUTES } from '../routes/repo.ts'
import { RESOLVE_ROUTES } from '../routes/resolve.ts'
import { ROUTING_ROUTES } from '../routes/routing.ts'
import { STORE_ROUTES } from '../routes/store.ts'
import { SWARM_ROUTES } from '../routes/swarm.ts'

const COMMANDS: Route = {
  path: 'commands',
  options: [{ name: 'flags', also: ['f'], type: 'bool' }],
  run: (_service, call) => json(commandTree([...ROUTES.values()], flag(call, 'flags')))
}

/** Every command of the API by its path. What is not here answers 404. */
export const ROUTES: ReadonlyMap<string, Route> = new Map(
  [
    ...NODE_ROUTES,
    ...CONFIG_ROUTES,
    ...LOG_ROUTES,
    ...FILE_ROUTES,
    ...BLOCK_ROUTES,
    ...PIN_ROUTES,
    ...STORE_ROUTES,
    ...DAG_ROUTES,
    ...BITSWAP_ROUTES,
    ...POLICY_ROUTES,
    ...INSIGHT_ROUTES,
    ...SWARM_ROUTES,
    ...NETWORK_ROUTES,
    ...DIAGNOSTICS_ROUTES,
    ...BOOTSTRAP_ROUTES,
    ...ROUTING_ROUTES,
    ...REPO_ROUTES,
    ...RESOLVE_ROUTES,
    COMMANDS
  ].map((route) => [route.path, route])
)
