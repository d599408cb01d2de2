/**
 * Raw blocks by the gateway, against a bare server of Node that sends the same blocks: how much of its pace is left.
 *
 *   node benchmarks/operator/gateway.ts [--rounds 5] [--seconds 3] [--connections 16] [--json]
 *
 * Both run as processes of their own, one at a time under load, in turn, so that a slow minute of the machine meets both.
 * In memory it is the cost of the gateway alone; in files the gateway also checks each block against its CID, which the
 * bare server does not. How to be misled: the load comes from this process, which shares the machine's cores with them, so
 * a ratio says more than its figures, and both are better with more cores.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { line, ratio, type Line, type Series } from '../exchange/line.ts'
import { table } from '../exchange/table.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false }
  }
})

/** What is used of autocannon, which brings no types. */
type Autocannon = (options: {
  readonly url: string
  readonly connections: number
  /** Seconds. */
  readonly duration: number
  readonly requests: readonly { readonly method: string; readonly path: string }[]
}) => Promise<{ readonly non2xx: number; readonly errors: number; readonly requests: { readonly average: number } }>
const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon

/** What is left of the pace of a bare server, at least. */
const TARGET = { at: 'least', value: 0.5 } as const
const SIZES = [
  { name: '4 KiB', bytes: 4 * 1024, count: 2_000 },
  { name: '256 KiB', bytes: 256 * 1024, count: 200 }
]

interface Server {
  readonly child: ChildProcess
  readonly port: number
}

async function start(
  kind: 'gateway' | 'bare',
  where: string,
  directory: string,
  size: (typeof SIZES)[number]
): Promise<Server> {
  const file = join(import.meta.dirname, 'gateway-server.ts')
  const args = [file, kind, where, directory, String(size.bytes), String(size.count)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  for await (const port of createInterface(child.stdout)) return { child, port: Number(port) }
  throw new Error(`${kind} did not start`)
}

async function stop({ child }: Server): Promise<void> {
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
}

/** Requests a second that were answered whole. */
async function load({ port }: Server, paths: readonly string[], seconds: number): Promise<number> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: Number(values.connections),
    duration: seconds,
    requests: paths.map((path) => ({ method: 'GET', path }))
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`)
  return result.requests.average
}

async function compare(where: 'memory' | 'files', size: (typeof SIZES)[number]): Promise<Line[]> {
  const directory = mkdtempSync(join(process.env['BARTER_BENCH_DIR'] ?? tmpdir(), 'barter-gateway-'))
  const paths = Array.from({ length: size.count }, (_, index) => {
    return `/ipfs/${numberedBlock(index, size.bytes).cid.toString()}?format=raw`
  })
  const servers: Server[] = []
  try {
    // The gateway first: it writes the files that both read.
    for (const kind of ['gateway', 'bare'] as const) servers.push(await start(kind, where, directory, size))
    const paces = servers.map((): number[] => [])
    for (const server of servers) await load(server, paths, 1)
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [index, server] of servers.entries()) {
        paces[index]?.push(await load(server, paths, Number(values.seconds)))
      }
    }
    const [gateway, bare]: Series[] = paces.map((rounds) => ({ rounds }))
    if (gateway === undefined || bare === undefined) throw new Error('nothing was measured')
    const name = `${size.name}, ${where}`
    return [
      line(`gateway: ${name}`, 'requests/s', gateway),
      line(`bare server: ${name}`, 'requests/s', bare),
      line(`gateway / bare: ${name}`, 'ratio', ratio(gateway, bare), TARGET)
    ]
  } finally {
    for (const server of servers) await stop(server)
    rmSync(directory, { recursive: true, force: true })
  }
}

const lines: Line[] = []
for (const where of ['memory', 'files'] as const) for (const size of SIZES) lines.push(...(await compare(where, size)))
console.log(values.json ? JSON.stringify(lines) : table(lines))
process.exitCode = lines.every(({ holds }) => holds) ? 0 : 1
