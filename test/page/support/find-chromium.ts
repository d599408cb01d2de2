import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where Chromium is: `$CHROMIUM`, or where distributions put it. */
export function chromiumPath(): string | undefined {
  const { CHROMIUM } = process.env
  return CHROMIUM ?? PLACES.find((path) => existsSync(path))
}

export async function launchChromium(executablePath: string): Promise<Browser> {
  // The sandbox of Chromium needs a user that is not root.
  return await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}
