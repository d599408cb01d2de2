import { describe, expect, it } from 'vitest'
import { attributesOf, attributesText, goMode, parseGoMode, parseMode } from '../../../src/api/formats/file-mode.ts'

describe('permissions', () => {
  it.each([
    ['0644', 0o644],
    ['0o644', 0o644],
    ['420', 0o644],
    ['0', 0],
    ['04755', 0o4755],
    // With the type of the file, as Go writes that of a folder.
    ['020000000755', 0o755],
    ['0100644', 0o644]
  ])('%s', (text, mode) => expect(parseMode(text)).toBe(mode))

  it.each(['', 'rwx', '0888', '-1', '0x1ff', ' 420'])('not %j', (text) => expect(parseMode(text)).toBeUndefined())
})

describe('what comes with a part of an upload', () => {
  it.each([
    [{}],
    [{ mode: 0o600 }],
    [{ mtime: { seconds: 1_700_000_000, nanoseconds: 0 } }],
    [{ mode: 0o4755, mtime: { seconds: -5, nanoseconds: 7 } }]
  ])('is read as it was written: %o', (attributes) => {
    expect(attributesOf(`file${attributesText(attributes)}`)).toEqual(attributes)
  })

  it('is what can be read of it', () => {
    expect(attributesOf('file-1?mode=rwx&mtime=soon')).toEqual({})
    expect(attributesOf('dir?mode=020000000755&mtime=1&mtime-nsecs=x')).toEqual({
      mode: 0o755,
      mtime: { seconds: 1, nanoseconds: 0 }
    })
  })
})

// The numbers of Kubo 0.43.
describe('permissions in JSON', () => {
  it.each([
    [0o644, false, 420],
    [0o4755, false, 8_389_101],
    [0o755, true, 2_147_484_141],
    [0o1755, true, 2_148_532_717],
    [undefined, true, 0]
  ])('%o, of a folder: %s', (mode, isFolder, number) => {
    expect(goMode(mode, isFolder)).toBe(number)
    expect(parseGoMode(number)).toBe(mode)
  })
})
