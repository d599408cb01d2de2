/**
 * Takes the pictures of the page for the README, in `docs/images`: of a made-up peer, the same each time, so that a picture
 * changes when the page does. Use: npm run build && node test/page/screenshots.ts [directory]
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { PROJECT } from '../tools/source-tree.ts'
import { chromiumPath, launchChromium } from './support/find-chromium.ts'
import { SAMPLE_TOKEN, startSampleServer, type SampleServer } from './support/sample-server.ts'

const [target = join(PROJECT, 'docs', 'images')] = process.argv.slice(2)
const NOW = Date.UTC(2026, 2, 14, 15, 9, 26)
/** So long that the chart is full. */
const SECONDS = 310

interface Picture {
  readonly view: string
  readonly scheme: 'light' | 'dark'
  /** Row to open. */
  readonly row?: number
}

const PICTURES: readonly Picture[] = [
  { view: 'overview', scheme: 'light' },
  { view: 'overview', scheme: 'dark' },
  { view: 'wants', scheme: 'light', row: 1 },
  { view: 'partners', scheme: 'dark' }
]

/** A clock of its own for the peer and its page: five minutes pass in a few seconds. */
class Beats {
  #seconds = 0
  #next = Promise.withResolvers<number>()

  readonly wait = async (signal: AbortSignal | undefined): Promise<number> => {
    const ended = new Promise<number>((resolve) => signal?.addEventListener('abort', () => resolve(NOW)))
    return await Promise.race([this.#next.promise, ended])
  }

  /** Lets a second pass at the peer, then in the page, once it has heard of it. */
  async pass(page: Page): Promise<void> {
    this.#seconds += 1
    const { resolve } = this.#next
    this.#next = Promise.withResolvers()
    resolve(NOW + this.#seconds * 1_000)
    await sleep(12)
    await page.clock.runFor(1_000)
  }
}

async function take(browser: Browser, scheme: Picture['scheme'], pictures: readonly Picture[]): Promise<void> {
  const beats = new Beats()
  const server: SampleServer = await startSampleServer({
    wants: 412,
    partners: 140,
    now: NOW,
    changed: 0.02,
    beat: beats.wait
  })
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 }, colorScheme: scheme })
  try {
    await page.clock.install({ time: NOW })
    await page.goto(`${server.url}/dashboard/#token=${SAMPLE_TOKEN}`)
    await page.locator('.link-state.live').waitFor()
    for (let second = 0; second < SECONDS; second += 1) await beats.pass(page)
    for (const { view, row } of pictures) {
      await page.locator(`nav a[href="#/${view}"]`).click()
      await page.mouse.move(700, 8)
      if (row !== undefined) await page.locator('.table-body .row').nth(row).click()
      await beats.pass(page)
      await page.screenshot({ path: join(target, `page-${view}-${scheme}.png`) })
    }
  } finally {
    await page.close()
    await server.stop()
  }
}

const executablePath = chromiumPath()
if (executablePath === undefined) throw new Error('there is no Chromium: install it, or set CHROMIUM to its path')
await mkdir(target, { recursive: true })
const browser = await launchChromium(executablePath)
try {
  for (const scheme of ['light', 'dark'] as const) {
    await take(
      browser,
      scheme,
      PICTURES.filter((picture) => picture.scheme === scheme)
    )
  }
} finally {
  await browser.close()
}
