import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { barter, startBarter } from '../support/barter.ts'
import { CID_TEXT, PEER_TEXT } from '../support/fake-service.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('barter bitswap', () => {
  it('shows and changes rules, limits, trust and bans of the daemon', async () => {
    const repo = join(await temporaryDirectory(), 'repo')
    await barter(['init', '--profile', 'test'], { repo })
    await startBarter(repo)
    const run = async (...args: string[]) => await barter(['bitswap', ...args], { repo })

    expect((await run('policy')).stdout).toBe('')
    await run('policy', 'deny', '--cid', CID_TEXT)
    expect((await run('policy', 'allow', '--cid', CID_TEXT, '--peer', PEER_TEXT)).stdout).toBe(
      `deny cid ${CID_TEXT}\nallow peer ${PEER_TEXT} cid ${CID_TEXT}\n`
    )
    expect(JSON.parse((await run('policy', 'rm', '--cid', CID_TEXT, '--json')).stdout)).toEqual({
      Rules: [{ Effect: 'allow', Peer: PEER_TEXT, CID: CID_TEXT }]
    })
    expect((await run('policy', 'deny', PEER_TEXT)).stderr).toContain(
      `"barter bitswap policy deny --peer ${PEER_TEXT}"`
    )
    const help = (await run('policy', 'deny', '--help')).stdout
    expect(help).toContain('Usage: barter bitswap policy deny [options]\n')
    expect(help).not.toContain('Arguments')
    expect(await run('policy', 'rm', '--cid', CID_TEXT)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no rule') as string
    })
    expect((await run('limits', '--upload', '2MB', '--download-per-peer', '0')).stdout).toBe(
      'Upload:\t2.0 MB/s\nDownload:\tno limit\nUpload to each peer:\tno limit\nDownload from each peer:\tno limit\n'
    )
    const own = await run('limits', '--peer', PEER_TEXT, '--upload', '100KB', '--download', '0')
    expect(own.stdout.split('\n').slice(4)).toEqual([
      `Upload to ${PEER_TEXT}:\t100 kB/s`,
      `Download from ${PEER_TEXT}:\tno limit`,
      ''
    ])
    expect((await run('limits', '--peer', PEER_TEXT)).stderr).toContain('--peer needs --upload, --download')
    expect(JSON.parse((await run('limits', '--peer', PEER_TEXT, '--reset', '--json')).stdout)).toMatchObject({
      Peers: []
    })
    expect((await run('limits', '--reset', '--upload', '1MB')).stderr).toContain('nothing goes beside it but --peer')
    await run('limits', '--peer', PEER_TEXT, '--upload', '100KB')
    const reset = (await run('limits', '--reset')).stdout.split('\n')
    expect([reset[0], reset.slice(4)]).toEqual(['Upload:\t2.0 MB/s', ['']])
    expect((await run('limits', '--upload', 'fast')).stderr).toContain('--upload is fast')
    expect((await run('partners')).stdout).toBe('0 of 0 partners\n')
    expect((await run('ban', PEER_TEXT, '--for', '2h', '--reason', 'it lied')).stdout).toBe(
      `banned ${PEER_TEXT} for 2 h 00 min, and cut off\n`
    )
    expect((await run('partners')).stdout).toContain(`${PEER_TEXT}\tnot connected, banned\t`)
    const trust = (await run('trust')).stdout
    expect(trust).toContain(`Trust in ${PEER_TEXT}\nScore:\t0.500\n`)
    expect(trust).toContain('Banned:\tfor 2 h 00 min: it lied\n')
    expect((await run('unban', PEER_TEXT)).stdout).toBe(`unbanned ${PEER_TEXT}\n`)
    expect((await run('partners')).stdout).toBe('0 of 0 partners\n')
    expect((await run('unban', PEER_TEXT)).stderr).toContain('is not banned')
    // Twenty programs, one after the other, on a machine that may be busy.
  }, 60_000)
})
