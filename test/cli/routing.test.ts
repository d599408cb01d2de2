import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { startBarter } from '../support/barter.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { warmBarter, type RunWarm } from '../support/warm-barter.ts'

const MISSING = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

async function startRepo(): Promise<{ readonly repo: string; readonly address: string; readonly id: string }> {
  const repo = join(await temporaryDirectory(), 'repo')
  await initRepo(repo, { profile: 'test' })
  const { address } = await startBarter(repo)
  return { repo, address, id: address.split('/').at(-1) ?? '' }
}

/** A peer has its place in the table of the DHT a moment after it was connected to: until then there is nobody to tell. */
async function provide(barter: RunWarm, cid: string, repo: string): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const { stdout } = await barter(['routing', 'provide', '-v', cid], { repo })
    if (stdout !== '') return stdout
  }
  return ''
}

describe('three daemons', () => {
  it('what one adds, another finds and fetches that knows the third alone', async () => {
    const barter = warmBarter()
    const [middle, giver, seeker] = await Promise.all([startRepo(), startRepo(), startRepo()])
    for (const { repo } of [giver, seeker]) {
      expect(await barter(['swarm', 'connect', middle.address], { repo })).toMatchObject({ code: 0 })
    }
    const file = join(await temporaryDirectory(), 'file')
    await writeFile(file, 'hello from afar')
    const cid = (await barter(['add', '-Q', file], { repo: giver.repo })).stdout.trim()

    expect(await provide(barter, cid, giver.repo)).toContain(`sending provider record to peer ${middle.id}\n`)
    const found = await barter(['routing', 'findprovs', '-n', '1', cid], { repo: seeker.repo })
    expect(found).toEqual({ code: 0, stdout: `${giver.id}\n`, stderr: '' })
    expect((await barter(['cat', cid], { repo: seeker.repo })).stdout).toBe('hello from afar')

    const verbose = await barter(['routing', 'findprovs', '-v', '-n', '1', cid], { repo: seeker.repo })
    expect(verbose.stdout).toMatch(new RegExp(`^provider: ${giver.id}\n\t/ip4/127.0.0.1/tcp/\\d+\n$`))
    const [event] = (
      await barter(['routing', 'findprovs', '-n', '1', cid, '--json'], { repo: seeker.repo })
    ).stdout.split('\n')
    expect(JSON.parse(event ?? '')).toMatchObject({ Type: 4, Responses: [{ ID: giver.id }] })
    expect((await barter(['routing', 'findpeer', giver.id], { repo: seeker.repo })).stdout).toMatch(
      /^\/ip4\/127\.0\.0\.1\/tcp\/\d+\n/
    )
    expect(await barter(['routing', 'provide', MISSING], { repo: giver.repo })).toMatchObject({
      code: 1,
      stderr: `Error: block ${MISSING} not found locally, cannot provide\n`
    })

    const stat = await barter(['provide', 'stat'], { repo: giver.repo })
    expect(stat.stdout).toMatch(/^Strategy: +roots\nState: +\w+/)
    expect(stat.stdout).toMatch(/Falling behind: +no\n$/)
    expect((await barter(['provide', 'once', cid], { repo: giver.repo })).stdout).toBe(
      'queued 1 CID(s) for immediate provide\n'
    )
    expect((await barter(['provide', 'clear'], { repo: giver.repo })).stdout).toMatch(
      /^removed \d items from provide queue\n$/
    )
  }, 120_000)
})

describe('a daemon that nobody is connected to', () => {
  it('cannot provide, and says so', async () => {
    const barter = warmBarter()
    const repo = join(await temporaryDirectory(), 'repo')
    await initRepo(repo, { profile: 'test' })
    expect(await barter(['config', 'Routing.Type', 'dht'], { repo })).toMatchObject({ code: 0 })
    await startBarter(repo)
    const file = join(await temporaryDirectory(), 'file')
    await writeFile(file, 'nobody will know')
    const cid = (await barter(['add', '-Q', file], { repo })).stdout.trim()
    const { code, stdout, stderr } = await barter(['routing', 'provide', cid], { repo })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^Error: cannot provide: no connected peers\b/u)
  }, 60_000)
})

describe('without a daemon', () => {
  it.each([
    ['routing', 'findprovs', MISSING],
    ['routing', 'provide', MISSING],
    ['provide', 'stat']
  ])('%s %s says that it needs one', async (...args) => {
    const barter = warmBarter()
    const repo = join(await temporaryDirectory(), 'repo')
    await initRepo(repo, { profile: 'test' })
    const result = await barter(
      args.filter((arg) => typeof arg === 'string'),
      { repo }
    )
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('this command must be run in online mode')
  })
})
