import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { barter, startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function newRepo(): Promise<string> {
  const repo = join(await temporaryDirectory(), 'repo')
  expect(await barter(['init', '--profile', 'test'], { repo })).toMatchObject({ code: 0 })
  return repo
}

it('prints the link to the page, with the token; the daemon keeps it out of what is no terminal', async () => {
  const repo = await newRepo()
  const { lines } = await startBarter(repo)
  const token = (await readFile(join(repo, 'api-token'), 'utf8')).trim()
  const { code, stdout } = await barter(['dashboard'], { repo })
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/dashboard\/#token=[\w-]{43}\n$/u)
  ])
  expect(stdout).toContain(token)
  expect(lines.join('\n')).not.toContain(token)
  expect(lines).toContainEqual(expect.stringMatching(/^Dashboard: ".* dashboard" prints the link$/u))
  const asJson = await barter(['dashboard', '--json'], { repo })
  expect(JSON.parse(asJson.stdout)).toEqual({ Link: stdout.trim() })
  const { status } = await fetch(stdout.trim())
  expect([200, 503]).toContain(status)
})

it('opens a browser, without the token on its command line', async () => {
  const repo = await newRepo()
  await startBarter(repo)
  const told = join(repo, '..', 'told')
  await writeFile(`${told}.sh`, `#!/bin/sh\necho "$1" > ${told}.new && mv ${told}.new ${told}\n`)
  await chmod(`${told}.sh`, 0o755)
  const { code } = await barter(['dashboard', '--open'], { repo, env: { BROWSER: `${told}.sh` } })
  expect(code).toBe(0)
  const link = (): Promise<string> => readFile(told, 'utf8').catch(() => '')
  await expect.poll(link, { timeout: 10_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/dashboard\/#code=[\w-]{32}\n$/u)
})

it.each([
  ['there is none', '/nowhere/browser', /no browser was found for http:.* \(spawn \/nowhere\/browser ENOENT\)/u],
  ['none was found', '/bin/false', /no browser was found for http:.* \(\/bin\/false ended with 1\)/u]
])('prints the link, and says that no browser opened it, when %s', async (_, BROWSER, said) => {
  const repo = await newRepo()
  await startBarter(repo)
  const { code, stdout, stderr } = await barter(['dashboard', '--open'], { repo, env: { BROWSER } })
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^http:.*#token=/u)])
  expect(stderr).toMatch(said)
  expect(stderr).not.toContain('code=')
})

it('says so when no daemon runs', async () => {
  const { code, stdout, stderr } = await barter(['dashboard'], { repo: await newRepo() })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/online mode|barter daemon/u)
})
