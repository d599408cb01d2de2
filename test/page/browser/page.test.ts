import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import type { Snapshot } from '../../../src/api/service/insight-snapshot.ts'
import { VIEWS } from '../../../src/page/state/view-names.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { openBrowser, watchedPage, type WatchedPage } from '../support/chromium.ts'
import { SAMPLE_TOKEN, startSampleServer, type SampleServer, type SampleServerInit } from '../support/sample-server.ts'

interface Opened extends WatchedPage {
  readonly server: SampleServer
}

type Init = Partial<SampleServerInit> & {
  readonly fragment?: string
  readonly page?: Parameters<typeof watchedPage>[1]
}

/** A browser with the page of a made-up peer. */
async function open(context: TestContext, { fragment, page: pageOptions, ...init }: Init = {}): Promise<Opened> {
  const browser = await openBrowser(context)
  const server = await startSampleServer({ wants: 200, partners: 40, now: Date.now(), ...init })
  onTestFinished(() => server.stop())
  const watched = await watchedPage(browser, pageOptions)
  await watched.page.goto(`${server.url}/webui${fragment ?? `#token=${SAMPLE_TOKEN}`}`)
  return { ...watched, server }
}

const live = async (page: Page): Promise<void> => {
  await page.locator('.link-state.live').waitFor()
  await page.locator('.figure').first().waitFor()
}

async function visit(page: Page, view: string): Promise<void> {
  await page.locator(`nav a[href="#/${view}"]`).click()
  await page.locator(`main[data-view="${view}"]`).waitFor()
}

describe('the page', () => {
  it('shows a peer under a strict policy, without an error in any view', async (context) => {
    const { page, faults } = await open(context)
    await live(page)
    for (const { name, title } of VIEWS) {
      await visit(page, name)
      // The title follows the view, after it is drawn.
      await expect.poll(() => page.title()).toBe(`${title} · Barter`)
      expect(await page.locator('h1').textContent()).toBe(title)
    }
    expect(faults).toEqual([])
    expect(page.url()).toMatch(/\/dashboard\/#\/reports$/u)
  })

  it('fits a narrow screen, and a wide one with a want open', async (context) => {
    const { page } = await open(context, { page: { viewport: { width: 390, height: 844 } } })
    await live(page)
    /** Views that scroll sideways, buttons and heads of tables whose text is cut. */
    const cut = async (): Promise<readonly string[]> =>
      await page.evaluate(() =>
        ['main', '.panel:has(> .plain)', '.choice button', '.table-head .cell', '.grow + .third .table']
          .flatMap((selector) => Array.from(document.querySelectorAll(selector)))
          .filter((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1)
          .filter((box) => !box.matches('main, .table') || box.scrollWidth > box.clientWidth)
          .map((box) => `${box.className} ${box.textContent.slice(0, 20)}: ${box.scrollWidth} of ${box.clientWidth}`)
      )
    for (const { name } of VIEWS) {
      await visit(page, name)
      const found = (await cut()).filter((text) => !text.startsWith('table'))
      expect.soft([name, found]).toEqual([name, []])
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    for (const view of ['serving', 'wants']) {
      await visit(page, view)
      if (view === 'wants') await page.locator('.table-body .row').first().click()
      expect.soft([view, await cut()]).toEqual([view, []])
    }
  })

  it('keeps the token in memory alone', async (context) => {
    const { page } = await open(context)
    await live(page)
    expect(page.url()).not.toContain(SAMPLE_TOKEN)
    const kept = await page.evaluate(async () => [
      document.cookie,
      `${localStorage.length} ${sessionStorage.length}`,
      JSON.stringify(await indexedDB.databases()),
      document.documentElement.outerHTML
    ])
    expect(kept.slice(0, 3)).toEqual(['', '0 0', '[]'])
    expect(kept[3]).not.toContain(SAMPLE_TOKEN)
    await page.reload()
    await page.getByRole('heading', { name: 'This page needs the token of the peer' }).waitFor()
  })

  it('asks for a token when it has none, and for another when it is wrong; a pasted link will do', async (context) => {
    const { page, server, faults } = await open(context, { fragment: '' })
    await page.getByRole('heading', { name: 'This page needs the token of the peer' }).waitFor()
    expect(await page.locator('main').textContent()).toContain('barter dashboard')
    const field = page.getByLabel('Token, or the whole link')
    await field.fill('not-the-token')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('heading', { name: 'This token does not fit' }).waitFor()
    await field.fill(`${server.url}/dashboard/#token=${SAMPLE_TOKEN}`)
    await field.press('Enter')
    await live(page)
    // The browser tells of the refusals itself; the page has no fault.
    expect(faults.filter((fault) => !/status of 40[13]/u.test(fault))).toEqual([])
  })

  it('says that the connection is lost, keeps what it knew, and finds the daemon again', async (context) => {
    const { page, server } = await open(context)
    await live(page)
    const wants = await page.locator('.figure-value').first().textContent()
    await server.stop()
    await page.getByText('Connection lost.').waitFor()
    expect(await page.locator('.link-state').textContent()).toBe('connection lost')
    expect(await page.locator('.figure-value').first().textContent()).toBe(wants)
    const again = await startSampleServer({
      wants: 7,
      partners: 3,
      now: Date.now(),
      port: Number(new URL(server.url).port)
    })
    onTestFinished(() => again.stop())
    await live(page)
    await expect.poll(() => page.locator('.figure-value').first().textContent()).toBe('7')
    expect(await page.locator('.banner').count()).toBe(0)
  })
})

const HOSTILE = [
  '<img src=x onerror="globalThis.ran=1">',
  '"><script>globalThis.ran=2</script>',
  "'-alert(1)-'",
  'javascript:globalThis.ran=3',
  '\u202e\u0000\u001b]8;;http://evil.test\u0007{{7*7}}${7*7}'
].join('')

/** Every text in it that a stranger may have chosen. */
function hostile(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return KEPT.has(key) ? value : key === 'id' ? `${HOSTILE}${value}` : HOSTILE
  if (Array.isArray(value)) return value.map((one) => hostile(one, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hostile(one, name)]))
}

/** Words of the contract, which the daemon chooses. */
const KEPT = new Set(['phase', 'kind', 'answer', 'policy', 'direction', 'state', 'by', 'level'])

describe('texts of strangers', () => {
  it('are shown as text, and run nothing', async (context) => {
    const { page, faults } = await open(context, {
      changed: 0,
      edit: (snapshot) => hostile(snapshot) as Snapshot
    })
    await live(page)
    for (const { name } of VIEWS) {
      await visit(page, name)
      const row = page.locator('.table-body .row').first()
      if (await row.count()) await row.click()
    }
    const found = await page.evaluate(() => ({
      ran: 'ran' in globalThis,
      markup: document.querySelectorAll('main img, main script, a[href^="javascript"], [onerror]').length
    }))
    expect(found).toEqual({ ran: false, markup: 0 })
    await visit(page, 'partners')
    const text = await page.locator('main').textContent()
    expect(text).toContain('<img src=x onerror=')
    expect(text).toContain('\\u202e\\u0000\\u001b')
    expect(text).not.toMatch(/[\u202e\u0000\u001b]/u)
    expect(faults).toEqual([])
  })
})

describe('a long table', () => {
  it('draws what is seen of it, and can be sorted and filtered', async (context) => {
    const { page, faults } = await open(context, { wants: 5_000, partners: 300, changed: 0 })
    await live(page)
    await visit(page, 'wants')
    const grid = page.getByRole('grid', { name: 'Wants' })
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('5001')
    const rows = grid.locator('.table-body .row')
    expect(await rows.count()).toBeLessThan(40)
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await expect.poll(() => rows.last().getAttribute('aria-rowindex')).toBe('5001')
    expect(await rows.count()).toBeLessThan(40)

    const asked = page.getByRole('columnheader', { name: 'Asked' }).first()
    await grid.evaluate((element) => element.scrollTo(0, 0))
    await asked.getByRole('button').click()
    await expect.poll(() => asked.getAttribute('aria-sort')).toBe('descending')
    const figures = await rows.locator('.cell:nth-child(5)').allTextContents()
    expect(figures.map(Number)).toEqual(figures.map(Number).toSorted((a, b) => b - a))

    const id = (await rows.first().locator('.cell span').first().getAttribute('title')) ?? ''
    await page.getByRole('searchbox').fill(id)
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('2')
    await page.getByRole('searchbox').fill('no such want')
    await page.getByText('No want is like this').waitFor()
    expect(faults).toEqual([])
  })
})

describe('without a mouse', () => {
  it('leads through the page: skip link, views, rows, details, and back', async (context) => {
    const { page, faults } = await open(context, { changed: 0 })
    await live(page)
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const element = document.activeElement
        return `${element?.tagName ?? ''} ${element?.getAttribute('role') ?? element?.textContent.slice(0, 30) ?? ''}`
      })
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('A Skip to the content')
    await page.keyboard.press('Enter')
    expect(await focused()).toContain('MAIN')
    await page.locator('nav a[href="#/wants"]').focus()
    await page.keyboard.press('Enter')
    await page.locator('main[data-view="wants"]').waitFor()
    await expect.poll(focused).toContain('MAIN')

    const rows = page.getByRole('grid', { name: 'Wants' }).locator('.table-body .row')
    for (let press = 0; press < 30 && !(await focused()).startsWith('DIV row'); press += 1)
      await page.keyboard.press('Tab')
    expect(await focused()).toBe('DIV row')
    const index = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex') ?? null)
    expect(await index()).toBe('2')
    await page.keyboard.press('ArrowDown')
    await expect.poll(index).toBe('3')
    await page.keyboard.press('End')
    await expect.poll(index).toBe('201')
    await page.keyboard.press('Home')
    await expect.poll(index).toBe('2')
    await page.keyboard.press('Enter')
    await expect.poll(focused).toMatch(/^H2 Want /u)
    await expect.poll(() => rows.first().getAttribute('aria-selected')).toBe('true')
    await page.getByRole('button', { name: 'Find out why' }).press('Enter')
    await page.getByText('All of them say that they do not have it.').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(focused).toBe('DIV row')
    expect(faults).toEqual([])
  })

  it('is read out by its landmarks, names and states', async (context) => {
    const { page } = await open(context)
    await live(page)
    const overview = await page.locator('body').ariaSnapshot()
    for (const part of [
      'banner',
      'navigation "Views"',
      'main "Overview"',
      'status',
      'heading "Traffic"',
      'img "Rates'
    ]) {
      expect(overview).toContain(part)
    }
    await page.getByText('As a table').click()
    await page.getByRole('table', { name: 'Rates' }).waitFor()
    await visit(page, 'partners')
    const partners = await page.locator('main').ariaSnapshot()
    expect(partners).toMatch(/grid "Partners"[\s\S]*columnheader "Received"/u)
    expect(await page.locator('[aria-sort="descending"]').textContent()).toBe('Received')
    const unnamed = await page.evaluate(() =>
      Array.from(document.querySelectorAll('button, input, select, iframe'))
        .filter((element) => {
          const label = element.getAttribute('aria-label') ?? element.textContent
          return label.trim() === '' && (element as HTMLInputElement).labels?.length !== 1
        })
        .map((element) => element.outerHTML)
    )
    expect(unnamed).toEqual([])
  })
})

/** Colours that text has, and what it stands on. */
const TEXTS = ['--text', '--text-quiet', '--text-faint', '--accent', '--good', '--warn', '--bad'] as const
const AREAS = ['--payload', '--duplicate', '--overhead'] as const

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it('can be read: colours of text have the contrast of WCAG AA, and areas three to one', async (context) => {
    const { page, faults } = await open(context, { page: { colorScheme, reducedMotion: 'reduce' } })
    await live(page)
    const colours = await page.evaluate(
      (names) => {
        const styles = getComputedStyle(document.documentElement)
        return names.map((name) => styles.getPropertyValue(name).trim())
      },
      ['--surface', ...TEXTS, ...AREAS]
    )
    const [surface = '', ...others] = colours
    expect(luminance(surface) > 0.5).toBe(colorScheme === 'light')
    const ratios = others.map((colour) => contrast(colour, surface))
    const least = [...TEXTS.map(() => 4.5), ...AREAS.map(() => 2.4)]
    expect(ratios.map((ratio, index) => [others[index], ratio >= (least[index] ?? 0)])).toEqual(
      others.map((colour) => [colour, true])
    )
    const moving = await page.evaluate(() => document.getAnimations().length)
    expect(moving).toBe(0)
    expect(faults).toEqual([])
  })
})

function luminance(written: string): number {
  const colour = written.length === 4 ? written.replaceAll(/[^#]/gu, '$&$&') : written
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

describe('the laboratory', () => {
  it('shows a report in a frame where nothing runs', async (context) => {
    const reports = join(await temporaryDirectory(), 'reports')
    await mkdir(reports)
    const script = '<script>document.title="ran"; parent.ran=1</script>'
    await writeFile(
      join(reports, 'report.html'),
      `<!doctype html><title>Trade</title><style>h1{color:rgb(1,2,3)}</style><h1>Who trades</h1>${script}`
    )
    const { page, faults } = await open(context, { reports })
    await live(page)
    await visit(page, 'reports')
    await page.getByRole('button', { name: /^Trade/u }).click()
    const heading = page.frameLocator('iframe').getByRole('heading', { name: 'Who trades' })
    await heading.waitFor()
    expect(await heading.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(1, 2, 3)')
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('')
    // The browser says that it kept the script of the report from running, and nothing else.
    expect(faults.filter((fault) => !/Blocked script execution|Content Security Policy/u.test(fault))).toEqual([])
    expect(faults.length).toBeGreaterThan(0)
  })
})

describe('a held view', () => {
  it('stands still, and shows what happened meanwhile when it is let go', async (context) => {
    const { page } = await open(context, { changed: 0.5 })
    await live(page)
    await visit(page, 'partners')
    const traded = (): Promise<string> =>
      page.locator('.table-body .row .cell:nth-child(5)').allTextContents().then(String)
    const before = await traded()
    await expect.poll(traded).not.toBe(before)
    await page.getByRole('button', { name: 'Hold' }).click()
    await page.getByRole('button', { name: 'Held' }).waitFor()
    const held = await traded()
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)))
    expect(await traded()).toBe(held)
    await page.getByRole('button', { name: 'Held' }).click()
    await expect.poll(traded).not.toBe(held)
  })
})
