/**
 * Hosts as network namespaces. All of it lives in a PID namespace and a mount namespace of its own (`enterNamespaces`):
 * when its first process ends, by whatever means, the kernel ends every process in it and takes the network apart.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { SeededRandom } from '../../src/simulation/seeded-random.ts'
import type { Fabric } from './fabric.ts'
import { fullMesh } from './fabric.ts'
import type { LinkShape } from './link-queue.ts'
import { PacketSwitch } from './packet-switch.ts'

const run = promisify(execFile)

const UDP_PORT = 4789
const TCP_PORT = 4001
/** What is left of an Ethernet packet in a tunnel. */
const MTU = 1_450
/** Hosts that fit the address plan below. */
export const MAX_HOSTS = 50

/** The wire from a host to the switch. */
const under = (host: number): { host: string; ours: string } => ({ host: `10.201.${host}.2`, ours: `10.201.${host}.1` })
/** The address of a host among hosts. */
const over = (host: number): string => `10.202.0.${host}`
const mac = (host: number): string => `02:00:0a:ca:00:${host.toString(16).padStart(2, '0')}`

const OWN_NAMESPACES = ['--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc']

/** How `unshare` is called here: as root, or as anybody where the kernel lets everybody have a user namespace. */
export function unshareArguments(): string[] {
  return process.getuid?.() === 0 ? OWN_NAMESPACES : ['--user', '--map-root-user', ...OWN_NAMESPACES]
}

/** Why namespaces cannot be used here, in a sentence; undefined when they can. Leaves nothing behind. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  const script = [
    'mount -t tmpfs tmpfs /run',
    'ip netns add probe',
    'ip link add probe0 type veth peer name probe1 netns probe',
    `ip -n probe link add probe2 type vxlan id 1 remote 10.201.1.1 dstport ${UDP_PORT} dev probe1`
  ].join(' && ')
  try {
    await run('unshare', [...unshareArguments(), 'sh', '-c', script], { timeout: 20_000 })
    return undefined
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    const reason = stderr.split('\n')[0] ?? ''
    return reason === '' ? String(error) : reason
  }
}

/**
 * Runs a program in namespaces of its own, which has the standard output of this one. Its standard input ends with this
 * process: that is how it learns that nobody waits for it any more.
 */
export function enterNamespaces(program: string, args: readonly string[]): ChildProcess {
  const command = [...unshareArguments(), process.execPath, program, ...args]
  return spawn('unshare', command, { stdio: ['pipe', 'inherit', 'inherit'] })
}

/** To be called inside `enterNamespaces`. */
export async function buildNamespaces(hosts: number, shape: LinkShape, random: SeededRandom): Promise<Fabric> {
  // `ip netns` keeps its names there; ours are nobody else's.
  await run('mount', ['-t', 'tmpfs', 'tmpfs', '/run'])
  await run('ip', ['link', 'set', 'lo', 'up'])
  const router = new PacketSwitch(hosts, shape, random)
  for (let host = 1; host <= hosts; host++) {
    await addHost(host, hosts)
    const { host: address, ours: ourAddress } = under(host)
    await router.plugIn({ host, address, ourAddress, udpPort: UDP_PORT })
  }
  return fabricOf(hosts, router)
}

async function addHost(host: number, hosts: number): Promise<void> {
  const name = `h${host}`
  const { host: address, ours } = under(host)
  await run('ip', ['netns', 'add', name])
  await ip([
    `link add u${host} type veth peer name under netns ${name}`,
    `addr add ${ours}/30 dev u${host}`,
    `link set u${host} up`
  ])
  const neighbours = fullMesh(hosts)
    .filter(({ a, b }) => a === host || b === host)
    .map(({ a, b }) => (a === host ? b : a))
    .map((other) => `neigh add ${over(other)} lladdr ${mac(other)} nud permanent dev wire`)
  await ip(
    [
      'link set lo up',
      `addr add ${address}/30 dev under`,
      'link set under up',
      `link add wire address ${mac(host)} type vxlan id 1 local ${address} remote ${ours} dstport ${UDP_PORT} nolearning dev under`,
      // One packet, one datagram: none that is only cut into packets by a network card, for there is none.
      `link set wire mtu ${MTU} gso_max_segs 1`,
      `addr add ${over(host)}/24 dev wire`,
      'link set wire up',
      ...neighbours
    ],
    name
  )
}

/** Several commands of `ip` in one process. */
async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const child = run('ip', [...(namespace === undefined ? [] : ['-n', namespace]), '-batch', '-'])
  child.child.stdin?.end(commands.map((command) => `${command}\n`).join(''))
  await child
}

function fabricOf(hosts: number, router: PacketSwitch): Fabric {
  const congestion = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim()
  return {
    kind: 'namespaces',
    describe:
      `${hosts} hosts in network namespaces with addresses of their own; delay, bandwidth, loss, resets and half-open ` +
      `connections happen to packets, in a user-space switch between VXLAN tunnels; TCP is the kernel's (${congestion})`,
    spawn: (host, program, args) =>
      spawn('ip', ['netns', 'exec', `h${host}`, program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] }),
    listenAddress: (host) => `/ip4/${over(host)}/tcp/${TCP_PORT}`,
    listening: () => Promise.resolve(),
    addressOf: (_from, to) => `/ip4/${over(to)}/tcp/${TCP_PORT}`,
    shape: (link, next) => router.shape(link, next),
    cut: (link) => router.cut(link),
    cutAfter: (link, bytes) => router.cutAfter(link, bytes),
    calm: (link) => router.calm(link),
    strand: (link, stranding) => router.strand(link, stranding),
    stat: () => router.stat(),
    close: () => router.close()
  }
}
