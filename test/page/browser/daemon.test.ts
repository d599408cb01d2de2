import { randomBytes } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLibp2p } from 'libp2p'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryBlockstore } from 'blockstore-core'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { createBitswap } from '../../../src/index.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import { barter } from '../../support/barter.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { openBrowser, watchedPage, type WatchedPage } from '../support/chromium.ts'
import { startPageDaemon, type PageDaemon } from '../support/page-daemon.ts'

/** Nobody has it: it is of a few random bytes. */
const UNKNOWN = CID.createV1(0x55, createDigest(0x12, randomBytes(32))).toString()

interface Opened extends WatchedPage {
  readonly daemon: PageDaemon
}

async function open(context: TestContext): Promise<Opened> {
  const browser = await openBrowser(context)
  const daemon = await startPageDaemon()
  const watched = await watchedPage(browser, { acceptDownloads: true })
  await watched.page.goto(daemon.link)
  await watched.page.locator('.link-state.live').waitFor()
  return { ...watched, daemon }
}

async function visit(page: Page, view: string): Promise<void> {
  await page.locator(`nav a[href="#/${view}"]`).click()
  await page.locator(`main[data-view="${view}"]`).waitFor()
}

/** A peer in this process that has a file, and sends it at a pace that can be watched. */
async function peerWith(content: Uint8Array): Promise<{ peer: Peer; cid: string; address: string }> {
  const peer = await createPeer({
    listen: ['/ip4/127.0.0.1/tcp/0'],
    quiet: true,
    routing: 'none',
    config: { Barter: { Limits: { Upload: '3MB' } } }
  })
  onTestFinished(() => peer.stop())
  let cid = ''
  const candidate = { type: 'file' as const, path: 'file', content: one(content) }
  for await (const event of peer.service.add(one(candidate))) if (event.type === 'added') cid = event.cid
  const [address = ''] = await peer.service.swarmLocalAddresses({ id: true })
  return { peer, cid, address }
}

async function* one<T>(value: T): AsyncGenerator<T> {
  await Promise.resolve()
  yield value
}

/** The figure of a rate in the legend of the chart, in bytes a second. */
async function rate(page: Page, direction: 'In' | 'Out'): Promise<number> {
  const text = await page.locator(`.legend-direction[aria-label="${direction}"] .payload dd`).textContent()
  const [, value = '0', unit = 'B'] = /^([\d.]+) (\w+)\/s$/u.exec(text ?? '') ?? []
  return Number(value) * ({ B: 1, kB: 1e3, MB: 1e6 }[unit] ?? 0)
}

describe('the page of a daemon', () => {
  it('connects to a peer, fetches a file with moving figures, and saves it', async (context) => {
    const { page, faults } = await open(context)
    const content = randomBytes(12_000_000)
    const { peer, cid, address } = await peerWith(content)
    await visit(page, 'partners')
    await page.getByLabel('Address of a peer').fill(address)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    const row = page.getByRole('grid', { name: 'Partners' }).locator('.table-body .row')
    await expect.poll(() => row.count(), { timeout: 10_000 }).toBe(1)
    expect(await row.first().getAttribute('class')).toBe('row')

    await visit(page, 'files')
    await page.getByLabel('CID, or a path below one').fill(cid)
    const download = page.waitForEvent('download', { timeout: 60_000 })
    await page.getByRole('button', { name: 'Fetch and save' }).click()
    await page.locator('.transfer[data-state="running"] [role="meter"]').waitFor()
    await visit(page, 'overview')
    await expect.poll(() => rate(page, 'In'), { timeout: 15_000 }).toBeGreaterThan(500_000)
    const saved = await download
    expect(saved.suggestedFilename()).toBe(cid)
    expect((await readFile(await saved.path())).equals(content)).toBe(true)
    await visit(page, 'partners')
    const id = peer.libp2p.peerId.toString()
    await expect.poll(() => row.first().textContent(), { timeout: 10_000 }).toContain('12.')
    await row.first().click()
    expect(await page.locator('.side-panel .long-id').textContent()).toBe(id)
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText(/^Disconnected/u).waitFor()
    await expect.poll(() => peer.libp2p.getPeers().length).toBe(0)
    expect(faults).toEqual([])
  })

  it('adds what is dropped on it, whatever its name', async (context) => {
    const { page, faults, daemon } = await open(context)
    await visit(page, 'files')
    const name = '<img src=x onerror="ran=1"> ä+%41.txt'
    const transfer = await page.evaluateHandle((fileName) => {
      const data = new DataTransfer()
      data.items.add(new File(['dropped here'], fileName))
      data.items.add(new File([new Uint8Array(3_000_000).fill(7)], 'large.bin'))
      return data
    }, name)
    await page.dispatchEvent('.drop', 'drop', { dataTransfer: transfer })
    const done = page.locator('.transfer[data-state="done"]')
    await expect.poll(() => done.count(), { timeout: 20_000 }).toBe(2)
    expect(await done.locator('.transfer-name').allTextContents()).toEqual(['large.bin', name])
    const cids = await done.locator('.copyable').allTextContents()
    const [large, small] = await Promise.all(cids.map((cid) => barter(['cat', cid], { repo: daemon.repo })))
    expect([small?.stdout, large?.stdout.length]).toEqual(['dropped here', 3_000_000])
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    expect(faults).toEqual([])
  })

  it('shows why a want does not come, and cancels it', async (context) => {
    const { page, faults } = await open(context)
    await visit(page, 'files')
    await page.getByLabel('CID, or a path below one').fill(UNKNOWN)
    await page.getByRole('button', { name: 'Fetch and save' }).click()
    await visit(page, 'wants')
    const row = page.getByRole('grid', { name: 'Wants' }).locator('.table-body .row')
    await expect.poll(() => row.count(), { timeout: 10_000 }).toBe(1)
    await row.first().press('Enter')
    await page.getByRole('button', { name: 'Find out why' }).click()
    await page.locator('.findings .bad').first().waitFor()
    await page.getByRole('button', { name: 'Cancel this want' }).click()
    await page.getByRole('button', { name: 'Its requests will fail. Cancel?' }).click()
    await expect.poll(() => row.count(), { timeout: 10_000 }).toBe(0)
    await page.getByText('Nothing is wanted').waitFor()
    await visit(page, 'files')
    await page.locator('.transfer[data-state="failed"]').waitFor()
    expect(faults.filter((fault) => !/status of 500/u.test(fault))).toEqual([])
  })

  it('shows what peers say of themselves as text, and cuts them off', async (context) => {
    const { page, faults, daemon } = await open(context)
    const agent = `<script>globalThis.ran=1</script><img src=x onerror="globalThis.ran=2">\u202e`
    const node = await createLibp2p({ ...libp2pDefaults(), nodeInfo: { userAgent: agent } })
    onTestFinished(() => node.stop())
    const bitswap = createBitswap({ libp2p: node, blockstore: new MemoryBlockstore() })
    await bitswap.start()
    onTestFinished(() => bitswap.stop())
    await node.dial(multiaddr(daemon.address))
    await visit(page, 'partners')
    const row = page.getByRole('grid', { name: 'Partners' }).locator('.table-body .row').first()
    await expect.poll(() => row.textContent(), { timeout: 10_000 }).toContain('<script>')
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    await row.click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('button', { name: 'It will be cut off. Deny?' }).click()
    await page.locator('.table-body .tag.bad', { hasText: 'denied' }).waitFor()
    await expect.poll(() => node.getPeers().length).toBe(0)
    await page.getByRole('button', { name: 'Take the rule back' }).click()
    await page.getByText('It has gone, and nothing is decided about it.').waitFor()
    expect(faults).toEqual([])
  })
})

describe('barter dashboard --open', () => {
  it('opens a browser with a code, which is good once', async (context) => {
    const { page, daemon } = await open(context)
    const told = join(await temporaryDirectory(), 'told')
    const program = `${told}.sh`
    await writeFile(program, `#!/bin/sh\necho "$1" > ${told}.new && mv ${told}.new ${told}\n`)
    await chmod(program, 0o755)
    await barter(['dashboard', '--open'], { repo: daemon.repo, env: { BROWSER: program } })
    const link = await expect
      .poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 10_000 })
      .toContain('#code=')
      .then(() => readFile(told, 'utf8'))
    expect(link).not.toContain('token')
    for (const state of ['live', 'locked']) {
      await page.goto('about:blank')
      await page.goto(link.trim())
      await page.locator(`.link-state.${state}`).waitFor()
    }
  })
})
