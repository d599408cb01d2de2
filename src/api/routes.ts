import type { Route } from './route.ts'
import { json } from './route.ts'
import { BITSWAP_ROUTES } from './routes/bitswap.ts'
import { BLOCK_ROUTES } from './routes/block.ts'
import { BOOTSTRAP_ROUTES } from './routes/bootstrap.ts'
import { FILE_ROUTES } from './routes/files.ts'
import { NODE_ROUTES } from './routes/node.ts'
import { POLICY_ROUTES } from './routes/policy.ts'
import { REPO_ROUTES } from './routes/repo.ts'
import { ROUTING_ROUTES } from './routes/routing.ts'
import { SWARM_ROUTES } from './routes/swarm.ts'

const COMMANDS: Route = {
  path: 'commands',
  run: () => json({ Name: 'barter', Subcommands: commandTree([...ROUTES.keys()]), Options: [] })
}

/** Every command of the API by its path. What is not here answers 404. */
export const ROUTES: ReadonlyMap<string, Route> = new Map(
  [
    ...NODE_ROUTES,
    ...FILE_ROUTES,
    ...BLOCK_ROUTES,
    ...BITSWAP_ROUTES,
    ...POLICY_ROUTES,
    ...SWARM_ROUTES,
    ...BOOTSTRAP_ROUTES,
    ...ROUTING_ROUTES,
    ...REPO_ROUTES,
    COMMANDS
  ].map((route) => [route.path, route])
)

interface CommandNode {
  readonly Name: string
  readonly Subcommands: readonly CommandNode[]
  readonly Options: readonly unknown[]
}

function commandTree(paths: readonly string[]): readonly CommandNode[] {
  const heads = [...new Set(paths.map((path) => path.split('/')[0] ?? path))].sort()
  return heads.map((head) => ({
    Name: head,
    Subcommands: commandTree(
      paths.filter((path) => path.startsWith(`${head}/`)).map((path) => path.slice(head.length + 1))
    ),
    Options: []
  }))
}
