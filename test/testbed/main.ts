/** `npm run testbed`: peers on hosts of their own, links that break, and a check of everything that must hold then. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { type Fabric, fullMesh } from './fabric.ts'
import { planFaults } from './fault-plan.ts'
import { type Flags, parseFlags, USAGE } from './flags.ts'
import { buildNamespaces, enterNamespaces, whyNoNamespaces } from './namespaces.ts'
import { runTestbed } from './testbed.ts'

const FIRST_SHAPE = planFaults('calm', { random: new SeededRandom(0), links: [], durationMs: 0 }).base

async function main(): Promise<number> {
  const flags = parseFlags(process.argv.slice(2), String(Date.now() % 1_000_000))
  if (flags.help) {
    console.log(USAGE)
    return 0
  }
  if (flags.inside) return await insideNamespaces(flags)
  console.log(`testbed: seed ${flags.seed}`)
  const reason = flags.proxies ? '--proxies was given' : await whyNoNamespaces()
  if (reason === undefined) return await inNamespaces(flags)
  console.log(`no network namespaces (${reason}): loopback proxies instead`)
  const { buildProxies } = await import('./proxies.ts')
  return await runAndClose(buildProxies(flags.peers, FIRST_SHAPE, randomOf(flags)), flags)
}

async function inNamespaces({ seed }: Flags): Promise<number> {
  const program = fileURLToPath(import.meta.url)
  const child = enterNamespaces(program, [...process.argv.slice(2), '--seed', seed, '--inside'])
  // The child hears of our end by the end of its input; here we only have to wait for it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill('SIGKILL'))
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

async function insideNamespaces(flags: Flags): Promise<number> {
  const abandoned = (): never => process.exit(1)
  process.stdin.once('close', abandoned).resume()
  try {
    return await runAndClose(await buildNamespaces(flags.peers, FIRST_SHAPE, randomOf(flags)), flags)
  } finally {
    process.stdin.off('close', abandoned).destroy()
  }
}

async function runAndClose(fabric: Fabric, flags: Flags): Promise<number> {
  try {
    return await runTestbed(fabric, fullMesh(flags.peers), flags)
  } finally {
    await fabric.close()
  }
}

function randomOf({ seed }: Flags): SeededRandom {
  return new SeededRandom(seed, 'links')
}

process.exitCode = await main()
