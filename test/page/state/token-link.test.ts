import { describe, expect, it } from 'vitest'
import { cleanToken, readLink } from '../../../src/page/state/token-link.ts'

describe('the address of the page', () => {
  it.each([
    ['#token=abc-_~', { token: 'abc-_~' }],
    ['#token=a%2Fb%3D', { token: 'a/b=' }],
    ['#code=xyz', { code: 'xyz' }],
    ['#/wants', { view: 'wants' }],
    ['#/wants?x=1', { view: 'wants' }],
    ['#elsewhere', {}],
    ['', {}]
  ])('%s', (fragment, link) => {
    expect(readLink(fragment)).toEqual(link)
  })

  it('takes a token as it was pasted', () => {
    expect(cleanToken('  abc \n')).toBe('abc')
    expect(cleanToken('http://127.0.0.1:5001/dashboard/#token=abc ')).toBe('abc')
  })
})
