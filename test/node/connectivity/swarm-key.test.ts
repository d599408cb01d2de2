import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  formatSwarmKey,
  isPrivateForced,
  parseSwarmKey,
  readSwarmKey
} from '../../../src/node/connectivity/swarm-key.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SECRET = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')
const HEADER = '/key/swarm/psk/1.0.0/\n'
const file = (encoding: string, key: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.from(`${HEADER}${encoding}\n`), Buffer.from(key)])

describe('a swarm key', () => {
  it.each([
    ['base16', file('/base16/', SECRET.toString('hex'))],
    ['base16 in capitals, with a line after it', file('/base16/', `${SECRET.toString('hex').toUpperCase()}\n`)],
    [
      'base16 with the line ends of Windows',
      Buffer.from(`${HEADER.trim()}\r\n/base16/\r\n${SECRET.toString('hex')}\r\n`)
    ],
    ['base64', file('/base64/', SECRET.toString('base64'))],
    ['bin', file('/bin/', SECRET)],
    ['bin with a line end after it', file('/bin/', Buffer.concat([SECRET, Buffer.from('\n')]))]
  ])('is read in %s', (_form, content) => {
    const key = parseSwarmKey(content, 'swarm.key')
    expect(Buffer.from(key.secret)).toEqual(SECRET)
    // What Kubo 0.43 prints for this key.
    expect(key.fingerprint).toBe('41dfbf48d882a8ee665983adfa7a48f7')
    expect(Buffer.from(formatSwarmKey(key)).toString()).toBe(`${HEADER}/base16/\n${SECRET.toString('hex')}`)
  })

  it.each([
    ['is empty', Buffer.alloc(0), 'its first line is another'],
    ['has another header', Buffer.from('/key/swarm/psk/2.0.0/\n/base16/\nab\n'), 'its first line is another'],
    ['ends early', Buffer.from(HEADER), 'it ends after its first line'],
    ['is in an unknown encoding', file('/base58/', 'abc'), 'its encoding is "/base58/"'],
    ['is too short', file('/base16/', SECRET.toString('hex').slice(2)), 'its third line is no such key'],
    ['is too long', file('/base16/', `${SECRET.toString('hex')}00`), 'its third line is no such key'],
    ['is no base16', file('/base16/', 'z'.repeat(64)), 'its third line is no such key'],
    ['is no base64', file('/base64/', '!'.repeat(44)), 'its third line is no such key'],
    ['is binary and cut off', file('/bin/', SECRET.subarray(1)), 'its third line is no such key']
  ])('that %s is refused, and not shown', (_what, content, reason) => {
    let message = ''
    try {
      parseSwarmKey(content, '/repo/swarm.key')
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain(`the swarm key /repo/swarm.key cannot be used: ${reason}: expected three lines`)
    expect(message).not.toContain('000102')
  })

  it('need not be there, but must be readable when it is', async () => {
    const folder = await temporaryDirectory()
    expect(await readSwarmKey(join(folder, 'swarm.key'))).toBeUndefined()
    await mkdir(join(folder, 'folder'))
    await expect(readSwarmKey(join(folder, 'folder'))).rejects.toMatchObject({ code: 'ERR_SWARM_KEY' })
    await writeFile(join(folder, 'swarm.key'), file('/bin/', SECRET))
    expect((await readSwarmKey(join(folder, 'swarm.key')))?.fingerprint).toBe('41dfbf48d882a8ee665983adfa7a48f7')
  })

  it.each([
    [{}, false],
    [{ LIBP2P_FORCE_PNET: '' }, false],
    [{ LIBP2P_FORCE_PNET: '0' }, false],
    [{ LIBP2P_FORCE_PNET: '1' }, true],
    [{ LIBP2P_FORCE_PNET: 'true' }, true]
  ])('is demanded by %j: %s', (env, forced) => {
    expect(isPrivateForced(env)).toBe(forced)
  })
})
