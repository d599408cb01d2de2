/**
 * What the page costs with 5,000 wants and 300 peers: the scripting of the browser, from its own trace, and the time of the
 * daemon with the page open against the same daemon without it. Wants that nobody has are asked for anew each minute, all at
 * once, which costs more than the page: of a minute everything has one such moment, of a few seconds only some have.
 * Use: npm run build && node benchmarks/operator/page.ts [--wants 5000] [--peers 300] [--seconds 60] [--rounds 1] [--json]
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium, type Browser } from 'playwright-core'
import { scriptingMs } from './page-trace.ts'
import type { Answer, Ask } from './page-worlds.ts'

const { values } = parseArgs({
  options: {
    wants: { type: 'string', default: '5000' },
    peers: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false }
  }
})
const [wants, peers, seconds] = [Number(values.wants), Number(values.peers), Number(values.seconds)]
const TRADERS = 8
const BLOCKS = 3_000
const TRADED_PER_SECOND = 10
const VIEWS = ['overview', 'wants', 'partners'] as const
const BUDGET = { scriptingMsPerSecond: 50, daemonPercent: 5 }

function start(file: string, ...args: (string | number)[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url))
  return fork(path, args.map(String), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function answer<T>(child: ChildProcess, ask?: Ask): Promise<T> {
  const told = once(child, 'message')
  if (ask !== undefined) child.send(ask)
  return ((await told) as [T])[0]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Share of one core, in percent, that the daemon uses while `work` goes on. */
async function cpuWhile(daemon: ChildProcess, work: () => Promise<void>): Promise<number> {
  const before = await answer<Answer>(daemon, { kind: 'cpu' })
  const started = performance.now()
  await work()
  const after = await answer<Answer>(daemon, { kind: 'cpu' })
  return (100 * (after.cpuMs - before.cpuMs)) / (performance.now() - started)
}

interface ViewFigure {
  readonly view: string
  readonly scriptingMsPerSecond: number
  /** The daemon just before, without a page; and with it. */
  readonly withoutPercent: number
  readonly withPercent: number
}

const CATEGORIES = ['-*', 'devtools.timeline', 'v8', 'disabled-by-default-devtools.timeline']

/** One view, right after as long a while without a page: what else the daemon does is much the same in both. */
async function measureView(browser: Browser, daemon: ChildProcess, link: string, view: string): Promise<ViewFigure> {
  const idle = (): Promise<void> => pause(seconds * 1_000)
  const withoutPercent = await cpuWhile(daemon, idle)
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(link)
  await page.locator('.link-state.live').waitFor()
  await page.evaluate(`location.hash = '#/${view}'`)
  await pause(2_000)
  await browser.startTracing(page, { categories: CATEGORIES })
  const withPercent = await cpuWhile(daemon, idle)
  const trace = await browser.stopTracing()
  await page.close()
  await pause(500)
  return { view, scriptingMsPerSecond: scriptingMs(trace.toString('utf8')) / seconds, withoutPercent, withPercent }
}

async function measure(daemon: ChildProcess, link: string): Promise<readonly ViewFigure[]> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : []
  })
  try {
    const figures: ViewFigure[] = []
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const view of VIEWS) figures.push(await measureView(browser, daemon, link, view))
    }
    return figures
  } finally {
    await browser.close()
  }
}

const root = await mkdtemp(join(tmpdir(), 'barter-page-'))
const crowd = start('page-crowd.ts', peers, TRADERS, BLOCKS)
const daemon = start('page-daemon.ts', join(root, 'repo'))
try {
  const [{ link = '' }, { addresses }] = await Promise.all([
    answer<Answer>(daemon),
    answer<{ readonly addresses: readonly string[] }>(crowd)
  ])
  await answer<Answer>(daemon, { kind: 'dial', addresses })
  await answer<Answer>(daemon, { kind: 'want', count: wants })
  await answer<Answer>(daemon, { kind: 'trade', perSecond: TRADED_PER_SECOND })
  await pause(8_000)
  const world = await answer<Answer>(daemon, { kind: 'cpu' })
  report(world, await measure(daemon, link))
} finally {
  if (daemon.connected) daemon.disconnect()
  if (crowd.connected) crowd.disconnect()
  await rm(root, { recursive: true, force: true })
}

function report({ wants, peers }: Answer, figures: readonly ViewFigure[]): void {
  if (values.json) console.log(JSON.stringify({ wants, peers, figures }))
  console.log(`${wants} wants, ${peers} peers, ${TRADED_PER_SECOND} blocks traded a second`)
  for (const view of VIEWS) {
    const rounds = figures.filter((figure) => figure.view === view)
    const scripting = rounds.map(({ scriptingMsPerSecond }) => scriptingMsPerSecond.toFixed(1)).join(', ')
    const daemon = rounds.map(
      ({ withPercent, withoutPercent }) => `${withPercent.toFixed(1)} − ${withoutPercent.toFixed(1)}`
    )
    console.log(
      `${view}: ${scripting} ms scripting a second; daemon with − without the page: ${daemon.join(', ')} % of a core`
    )
  }
  const scripting = Math.max(...figures.map(({ scriptingMsPerSecond }) => scriptingMsPerSecond))
  const cost = median(figures.map(({ withPercent, withoutPercent }) => withPercent - withoutPercent))
  console.log(
    `most scripting: ${scripting.toFixed(1)} ms a second; the page costs the daemon ${cost.toFixed(1)} % (median)`
  )
  const isWithin = scripting <= BUDGET.scriptingMsPerSecond && cost <= BUDGET.daemonPercent
  const budget = `${BUDGET.scriptingMsPerSecond} ms and ${BUDGET.daemonPercent} %`
  console.log(isWithin ? `within ${budget}` : `beyond ${budget}`)
  process.exitCode = isWithin ? 0 : 1
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
