import { describe, expect, it } from 'vitest'
import { findRoute, parseCall } from '../../../src/api/server/parse-call.ts'
import { EMPTY, type Route } from '../../../src/api/server/route.ts'

const run = (): typeof EMPTY => EMPTY
const GET: Route = {
  path: 'block/get',
  arg: { name: 'cid', min: 1 },
  options: [
    { name: 'size', also: ['s'], type: 'bool' },
    { name: 'count', type: 'int' }
  ],
  run
}
const REMOVE: Route = { path: 'block/rm', arg: { name: 'cid', min: 1, many: true }, run }
const VERSION: Route = { path: 'version', run }
const ROUTES = new Map([GET, REMOVE, VERSION].map((route) => [route.path, route]))

describe('the command of a path', () => {
  it.each([
    ['/api/v0/block/get', GET, undefined],
    ['/api/v0/block/get/', GET, undefined],
    ['/api/v0/block/get/bafy%2Fx', GET, 'bafy/x'],
    ['/api/v0/version', VERSION, undefined]
  ])('%s', (path, route, arg) =>
    expect(findRoute(ROUTES, path)).toEqual(arg === undefined ? { route } : { route, arg })
  )

  it.each(['/api/v0/', '/api/v0/block', '/api/v0/version/x', '/api/v0/nothing', '/api/v0/block/get/a/b'])(
    '%s is none',
    (path) => expect(findRoute(ROUTES, path)).toBeUndefined()
  )
})

describe('a call', () => {
  const parse = (route: Route, query: string, arg?: string) => parseCall(route, new URLSearchParams(query), arg)

  it('takes options by their long and short names, and passes over unknown ones', () => {
    const { args, options } = parse(GET, 'arg=x&s=true&count=-3&foo=1&timeout=1s&from=/a&from=/b&offline')
    expect(args).toEqual(['x'])
    expect(Object.fromEntries(options)).toEqual({
      size: true,
      count: -3,
      timeout: '1s',
      from: ['/a', '/b'],
      offline: true
    })
  })

  it('puts the argument of the path first', () => {
    expect(parse(REMOVE, 'arg=b&arg=c', 'a').args).toEqual(['a', 'b', 'c'])
  })

  it.each([
    [GET, '', 'argument "cid" is required'],
    [GET, 'arg=', 'argument "cid" is empty'],
    [GET, 'arg=a&arg=b', 'expected 1 argument(s) for block/get, got 2'],
    [VERSION, 'arg=a', 'expected 0 argument(s) for version, got 1'],
    [GET, 'arg=a&size=x', 'Could not convert value "x" to type "bool" (for option "-size")'],
    [GET, 'arg=a&count=1.5', 'Could not convert value "1.5" to type "int" (for option "-count")'],
    [GET, 'arg=a&count=', 'Could not convert value "" to type "int" (for option "-count")']
  ])('%o ?%s is refused', (route, query, message) => {
    expect(() => parse(route, query)).toThrow(message)
  })
})
