import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PAGE_POLICY } from '../../../src/api/server/page-headers.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { pageHandlers } from '../../../src/node/dashboard/page-files.ts'
import { FakeService } from '../../support/fake-service.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

async function builtPage(): Promise<string> {
  const directory = join(await temporaryDirectory(), 'page')
  await mkdir(join(directory, 'assets'), { recursive: true })
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Barter</title>')
  await writeFile(join(directory, 'assets', 'index-abc.js'), 'export {}')
  await writeFile(join(directory, 'assets', 'index-abc.js.map'), '{}')
  await writeFile(join(directory, '..', 'secret.html'), 'secret')
  await symlink(join(directory, '..', 'secret.html'), join(directory, 'link.html'))
  return directory
}

async function serve(directory: string): Promise<string> {
  const access = { token: 'x'.repeat(43), requireToken: true }
  const server = new ApiServer({ service: new FakeService(), version: '0', access, handlers: pageHandlers(directory) })
  onTestFinished(() => server.stop())
  const { host, port } = await server.start({ host: '127.0.0.1', port: 0 })
  return `http://${host}:${port}`
}

/** The path as it is written: `fetch` would tidy it up first. */
function statusOf(base: string, path: string): Promise<number> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject)
    call.end()
  })
}

describe('PageFiles', () => {
  it('serves the page without a token, under its policy', async () => {
    const base = await serve(await builtPage())
    const response = await fetch(`${base}/dashboard/`)
    expect([response.status, await response.text()]).toEqual([200, '<!doctype html><title>Barter</title>'])
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': PAGE_POLICY,
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache'
    })
    expect(PAGE_POLICY).toMatch(/^default-src 'self'; .*frame-ancestors 'none'/u)
    expect(PAGE_POLICY).not.toMatch(/unsafe|data:|https?:|\*/u)
    const script = await fetch(`${base}/dashboard/assets/index-abc.js`, { method: 'HEAD' })
    expect([script.status, script.headers.get('cache-control'), script.headers.get('content-length')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      '9'
    ])
  })

  it('is asked again for what has not changed', async () => {
    const base = await serve(await builtPage())
    const tag = (await fetch(`${base}/dashboard/`)).headers.get('etag') ?? ''
    const again = await fetch(`${base}/dashboard/`, { headers: { 'If-None-Match': tag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it.each(['/webui', '/webui/', '/dashboard'])('is found at %s, too', async (path) => {
    const response = await fetch(`${await serve(await builtPage())}${path}`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/dashboard/'])
  })

  it('serves nothing but its files', async () => {
    const base = await serve(await builtPage())
    const paths = [
      '/dashboard/../secret.html',
      '/dashboard/assets/../../secret.html',
      '/dashboard/%2e%2e/secret.html',
      '/dashboard/..%2fsecret.html',
      '/dashboard/..\\secret.html',
      '/dashboard//etc/passwd',
      '/dashboard/assets/',
      '/dashboard/assets/index-abc.js.map',
      '/dashboard/link.html',
      '/dashboard/index.html%00.js',
      '/dashboard/constructor',
      '/dashboard/__proto__'
    ]
    expect(await Promise.all(paths.map((path) => statusOf(base, path)))).toEqual(paths.map(() => 404))
    expect((await fetch(`${base}/dashboard/`, { method: 'POST' })).status).toBe(405)
  })

  it('says what to do where it was not built, and is there once it is', async () => {
    const directory = await builtPage()
    const missing = join(directory, '..', 'other')
    const base = await serve(missing)
    const response = await fetch(`${base}/dashboard/`)
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')])
    await mkdir(missing)
    await writeFile(join(missing, 'index.html'), 'now')
    expect(await (await fetch(`${base}/dashboard/`)).text()).toBe('now')
  })
})
