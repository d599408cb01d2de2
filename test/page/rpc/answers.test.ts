import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../src/page/rpc/actions.ts'
import { commandUrl, errorText } from '../../../src/page/rpc/command.ts'
import { fileName } from '../../../src/page/rpc/download.ts'
import { lastAdded } from '../../../src/page/rpc/upload.ts'

describe('commands of the page', () => {
  it('are addresses without anything left to chance', () => {
    expect(commandUrl('log/level', { arg: ['a b', '&c=d'], x: 'é' })).toBe(
      '/api/v0/log/level?arg=a+b&arg=%26c%3Dd&x=%C3%A9'
    )
    expect(commandUrl('id')).toBe('/api/v0/id')
  })

  it('tell why they failed', () => {
    expect(errorText('{"Message":"no such block","Code":0,"Type":"error"}', 500)).toBe('no such block')
    expect(errorText('403 - Forbidden: show it\nmore', 403)).toBe('403 - Forbidden: show it')
    expect(errorText('', 502)).toBe('The daemon answered 502.')
  })

  it('see a failure in an answer that came well', () => {
    expect(failureOf({ Strings: ['disconnect 12D3 failure: not connected'] })).toBe(
      'disconnect 12D3 failure: not connected'
    )
    expect([
      failureOf({ Strings: ['disconnect 12D3 success'] }),
      failureOf(undefined),
      failureOf({ Keys: [] })
    ]).toEqual([undefined, undefined, undefined])
  })

  it('read the root of what was added, and no error in its place', () => {
    const lines = '{"Name":"a","Hash":"bafa","Size":"1"}\n{"Name":"","Hash":"bafroot","Size":"12"}\n'
    expect(lastAdded(lines)).toEqual({ cid: 'bafroot', bytes: 12 })
    expect(
      lastAdded('{"Name":"a","Hash":"bafa","Size":"1"}\n{"Message":"the disk is full","Type":"error"}')
    ).toBeUndefined()
    expect([lastAdded(''), lastAdded('half')]).toEqual([undefined, undefined])
  })

  it('name what is saved', () => {
    expect([
      fileName('bafy/photos/2019.jpg', 'file'),
      fileName('/ipfs/bafy/', 'folder'),
      fileName('bafy', 'block')
    ]).toEqual(['2019.jpg', 'bafy.tar', 'bafy.block'])
  })
})
