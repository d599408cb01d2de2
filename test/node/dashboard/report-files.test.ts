import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { OpenedReport, ReportList } from '../../../src/api/service/report-list.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { reportHandlers } from '../../../src/node/dashboard/report-files.ts'
import { FakeService } from '../../support/fake-service.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const TOKEN = 'x'.repeat(43)
const HTML = '<!doctype html><title>Trade &amp; ties</title><script>alert(1)</script>'

async function reports(): Promise<string> {
  const directory = join(await temporaryDirectory(), 'reports')
  await mkdir(join(directory, 'trade', 'a', 'b', 'c'), { recursive: true })
  await writeFile(join(directory, 'trade', 'report.html'), HTML)
  await writeFile(join(directory, 'old.html'), 'no title')
  await utimes(join(directory, 'old.html'), 1, 1)
  await writeFile(join(directory, 'trade', 'a', 'b', 'c', 'deep.html'), 'too deep')
  await writeFile(join(directory, 'results.json'), '{}')
  await writeFile(join(directory, '..', 'secret.html'), 'secret')
  await symlink(join(directory, '..', 'secret.html'), join(directory, 'link.html'))
  return directory
}

type Get = (path: string, isOwner?: boolean) => Promise<Response>

async function serve(directory: string | undefined): Promise<Get> {
  const access = { token: TOKEN, requireToken: true }
  const handlers = reportHandlers(directory)
  const server = new ApiServer({ service: new FakeService(), version: '0', access, handlers })
  onTestFinished(() => server.stop())
  const { host, port } = await server.start({ host: '127.0.0.1', port: 0 })
  return (path, isOwner = true) =>
    fetch(`http://${host}:${port}${path}`, isOwner ? { headers: { Authorization: `Bearer ${TOKEN}` } } : {})
}

describe('reports of the laboratory', () => {
  it('are listed, the newest first', async () => {
    const directory = await reports()
    const get = await serve(directory)
    const list = (await (await get('/api/barter/reports')).json()) as ReportList
    expect(list.directory).toBe(directory)
    expect(list.reports.map(({ name, title, bytes }) => [name, title, bytes])).toEqual([
      ['trade/report.html', 'Trade & ties', HTML.length],
      ['old.html', 'old.html', 8]
    ])
    expect(list.reports[1]?.modifiedAt).toBe(1_000)
  })

  it('are nobody’s business without the token', async () => {
    const get = await serve(await reports())
    expect((await get('/api/barter/reports', false)).status).toBe(401)
    expect((await get('/api/barter/reports/open?name=old.html', false)).status).toBe(401)
  })

  it('are shown under an address of their own, and can do nothing but be seen', async () => {
    const get = await serve(await reports())
    const { path } = (await (await get('/api/barter/reports/open?name=trade/report.html')).json()) as OpenedReport
    expect(path).toMatch(/^\/reports\/[\w-]{32}$/u)
    const response = await get(path, false)
    expect([response.status, await response.text()]).toEqual([200, HTML])
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; style-src 'unsafe-inline'")
    expect(policy).toMatch(/frame-ancestors 'self'; sandbox$/u)
    expect(policy).not.toContain('script')
    expect((await get('/reports/somethingelse', false)).status).toBe(404)
  })

  it.each(['../secret.html', 'trade/../../secret.html', 'link.html', '/etc/passwd', 'results.json', 'trade', ''])(
    'are no other files: %s',
    async (name) => {
      const get = await serve(await reports())
      expect((await get(`/api/barter/reports/open?name=${encodeURIComponent(name)}`)).status).toBe(404)
    }
  )

  it('are none where there is no directory, or none was told', async () => {
    const missing = join(await temporaryDirectory(), 'missing')
    expect(await (await (await serve(missing))('/api/barter/reports')).json()).toEqual({
      directory: missing,
      reports: []
    })
    expect(await (await (await serve(undefined))('/api/barter/reports')).json()).toEqual({ reports: [] })
  })
})
