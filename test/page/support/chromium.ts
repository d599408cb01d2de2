import type { Browser, Page } from 'playwright-core'
import { onTestFinished, type TestContext } from 'vitest'
import { chromiumPath, launchChromium } from './find-chromium.ts'

/** A browser that goes with the test. Without one the test is left out on a machine of one's own, and fails under `CI=1`. */
export async function openBrowser(context: TestContext): Promise<Browser> {
  const executablePath = chromiumPath()
  if (executablePath === undefined) {
    if (process.env['CI'] !== undefined)
      throw new Error('there is no Chromium: install it, or set CHROMIUM to its path')
    return context.skip('no Chromium on this machine: install it, or set CHROMIUM to its path')
  }
  const browser = await launchChromium(executablePath)
  onTestFinished(() => browser.close())
  return browser
}

export interface WatchedPage {
  readonly page: Page
  /** What went wrong in it: errors, violations of its policy, scripts that were not to run. */
  readonly faults: readonly string[]
}

type PageOptions = NonNullable<Parameters<Browser['newPage']>[0]>

/** A new page that writes down what goes wrong in it. */
export async function watchedPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options })
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${String(error)}`))
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol !== 'blob:' && hostname !== '127.0.0.1') faults.push(`elsewhere: ${request.url()}`)
  })
  return { page, faults }
}
