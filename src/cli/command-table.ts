import type { CommandEntry } from './command-entry.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'init', summary: 'make a repo', load: () => import('./commands/init.ts') },
  { name: 'daemon', summary: 'run a peer that serves others', load: () => import('./commands/daemon.ts') },
  { name: 'add', summary: 'store files and folders', load: () => import('./commands/add.ts') },
  { name: 'get', summary: 'fetch files and folders', load: () => import('./commands/get.ts') },
  { name: 'cat', summary: 'print files', load: () => import('./commands/cat.ts') },
  { name: 'ls', summary: 'list a folder', load: () => import('./commands/ls.ts') },
  { name: 'block', summary: 'store, fetch and remove single blocks', load: () => import('./commands/block.ts') },
  { name: 'dag', summary: 'store and show data, and move it as CAR files', load: () => import('./commands/dag.ts') },
  { name: 'refs', summary: 'list what a block links to', load: () => import('./commands/refs.ts') },
  { name: 'pin', summary: 'keep what must not be removed', load: () => import('./commands/pin.ts') },
  { name: 'swarm', summary: 'connect to peers, and see them', load: () => import('./commands/swarm.ts') },
  {
    name: 'bootstrap',
    summary: 'see and change the peers to begin with',
    load: () => import('./commands/bootstrap.ts')
  },
  { name: 'routing', summary: 'ask who has what, and tell others', load: () => import('./commands/routing.ts') },
  {
    name: 'provide',
    summary: 'see how others are told what this peer has',
    load: () => import('./commands/provide.ts')
  },
  { name: 'bitswap', summary: 'see what is traded, and with whom', load: () => import('./commands/bitswap.ts') },
  {
    name: 'lab',
    summary: 'compare exchange strategies in virtual time',
    load: () => import('./commands/lab.ts')
  },
  { name: 'repo', summary: 'see what is stored', load: () => import('./commands/repo.ts') },
  { name: 'config', summary: 'see and change the settings', load: () => import('./commands/config.ts') },
  { name: 'log', summary: 'see the log, and how much of it', load: () => import('./commands/log.ts') },
  { name: 'doctor', summary: 'find out what is wrong', load: () => import('./commands/doctor.ts') },
  {
    name: 'dashboard',
    summary: 'look at the running daemon in a browser',
    load: () => import('./commands/dashboard.ts')
  },
  { name: 'ping', summary: 'measure how far a peer is', load: () => import('./commands/ping.ts') },
  { name: 'stats', summary: 'figures of all kinds', load: () => import('./commands/stats.ts') },
  { name: 'diag', summary: 'see how the daemon is', load: () => import('./commands/diag.ts') },
  { name: 'resolve', summary: 'find the CID at the end of a path', load: () => import('./commands/resolve.ts') },
  { name: 'commands', summary: 'list all commands', load: () => import('./commands/commands.ts') },
  {
    name: 'completion',
    summary: 'teach your shell the commands',
    load: () => import('./commands/completion.ts')
  },
  { name: 'id', summary: 'show this peer, or another', load: () => import('./commands/id.ts') },
  { name: 'version', summary: 'show the version', load: () => import('./commands/version.ts') },
  { name: 'shutdown', summary: 'stop the daemon', load: () => import('./commands/shutdown.ts') }
]
