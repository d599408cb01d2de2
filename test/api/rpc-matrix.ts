import type { OutgoingHttpHeaders } from 'node:http'

/** One request, and what must come of it. */
export interface MatrixCase {
  readonly group: string
  readonly who: string
  readonly method: string
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly status: number
}

export const TOKEN = 'dG9rZW4tb2YtdGhlLW1hdHJpeC0wMTIzNDU2Nzg5MDE'
export const READER = 'secret-of-the-reader'
export const FRIEND = 'https://friend.example'

const OWNER = { Authorization: `Bearer ${TOKEN}` }
const BROWSER = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const COMMAND = '/api/v0/shutdown'
const READ = '/api/v0/id'
const DATA = '/debug/data'
export const OWNERS = '/debug/owner'
const PAGE = '/page/'

/** Hosts are written with `PORT`, which the test replaces by the one that the server got. */
const HOSTS: readonly (readonly [string, string, boolean])[] = [
  ['the address', '127.0.0.1:PORT', true],
  ['localhost', 'localhost:PORT', true],
  ['LOCALHOST', 'LOCALHOST:PORT', true],
  ['IPv6 loopback', '[::1]:PORT', true],
  ['a configured name', 'barter.example', true],
  ['a name made to point here', 'evil.example:PORT', false],
  ['the same without a port', 'evil.example', false],
  ['a name that begins as ours', '127.0.0.1.evil.example:PORT', false],
  ['a name of loopback at another', 'localhost.evil.example:PORT', false],
  ['another port', '127.0.0.1:1', false],
  ['no port', '127.0.0.1', false],
  ['another address', '192.0.2.7:PORT', false],
  ['a user in front', 'evil@127.0.0.1:PORT', false]
]

const ORIGINS: readonly (readonly [string, OutgoingHttpHeaders, boolean])[] = [
  ['a program', {}, true],
  ['our page', { ...BROWSER, Origin: 'http://127.0.0.1:PORT', 'Sec-Fetch-Site': 'same-origin' }, true],
  ['our page, by referer', { ...BROWSER, Referer: 'http://localhost:PORT/page/' }, true],
  ['a page that the config names', { ...BROWSER, Origin: FRIEND, 'Sec-Fetch-Site': 'cross-site' }, true],
  ['another page', { ...BROWSER, Origin: 'https://evil.example' }, false],
  ['another page with our address in its name', { ...BROWSER, Origin: 'http://127.0.0.1:PORT.evil.example' }, false],
  ['a page on another port', { ...BROWSER, Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' }, false],
  ['a page with no origin to show', { ...BROWSER, Origin: 'null' }, false],
  ['a file', { ...BROWSER, Origin: 'file://' }, false],
  ['an extension', { ...BROWSER, Origin: 'chrome-extension://abcdef' }, false],
  ['a foreign referer', { ...BROWSER, Referer: 'https://evil.example/x' }, false],
  ['an image of another site', { ...BROWSER, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }, false],
  [
    'the page of a name made to point here',
    { ...BROWSER, Host: 'evil.example:PORT', Origin: 'http://evil.example:PORT' },
    false
  ]
]

const TOKENS: readonly (readonly [string, OutgoingHttpHeaders, number, number])[] = [
  ['nothing', {}, 403, 403],
  ['an empty header', { Authorization: '' }, 403, 403],
  ['the token', OWNER, 200, 200],
  ['the token, scheme in small letters', { Authorization: `bearer ${TOKEN}` }, 200, 200],
  ['the token without its end', { Authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 403, 403],
  ['the token and more', { Authorization: `Bearer ${TOKEN}A` }, 403, 403],
  ['the token as a password', { Authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` }, 403, 403],
  ['the token in a cookie', { Cookie: `token=${TOKEN}` }, 403, 403],
  ['a secret for a part, and this is it', { Authorization: `Bearer ${READER}` }, 403, 200]
]

const TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b']

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'LINK'] as const

const made = (group: string, who: string, part: Partial<MatrixCase>): MatrixCase => ({
  group,
  who,
  method: 'POST',
  path: COMMAND,
  headers: {},
  status: 200,
  ...part
})

/** What web pages, programs and other machines may try, and what must come of it. */
export const MATRIX: readonly MatrixCase[] = [
  ...METHODS.map((method) => made('method', `${method}, a command`, { method, headers: OWNER, status: 405 })),
  ...METHODS.filter((method) => method !== 'GET' && method !== 'HEAD').map((method) =>
    made('method', `${method}, something to look at`, { method, path: DATA, headers: OWNER, status: 405 })
  ),
  made('method', 'POST, something to look at', { path: DATA, headers: OWNER, status: 405 }),
  made('method', 'POST, something for the owner alone', { path: OWNERS, headers: OWNER, status: 405 }),
  made('method', 'OPTIONS', { method: 'OPTIONS', status: 204 }),
  ...HOSTS.flatMap(([who, Host, isOurs]) => [
    made('host', `${who}, a command`, { headers: { ...OWNER, Host }, status: isOurs ? 200 : 403 }),
    made('host', `${who}, an event stream`, {
      method: 'GET',
      path: DATA,
      headers: { ...OWNER, Host, Accept: 'text/event-stream' },
      status: isOurs ? 200 : 403
    }),
    made('host', `${who}, a page`, { method: 'GET', path: PAGE, headers: { Host }, status: isOurs ? 200 : 403 })
  ]),
  ...ORIGINS.flatMap(([who, headers, isOurs]) => [
    made('origin', `${who}, a command`, { headers: { ...OWNER, ...headers }, status: isOurs ? 200 : 403 }),
    made('origin', `${who}, an event stream`, {
      method: 'GET',
      path: DATA,
      headers: { ...OWNER, ...headers, Accept: 'text/event-stream' },
      status: isOurs ? 200 : 403
    }),
    made('origin', `${who}, without a token`, { headers, status: 403 })
  ]),
  made('origin', 'a browser that shows neither', { headers: { ...OWNER, ...BROWSER }, status: 403 }),
  made('origin', 'an address typed into a browser, a page', {
    method: 'GET',
    path: PAGE,
    headers: { ...BROWSER, 'Sec-Fetch-Site': 'none' },
    status: 200
  }),
  ...TOKENS.flatMap(([who, headers, atAll, atItsOwn]) => [
    made('token', `${who}, a command`, { headers, status: atAll }),
    made('token', `${who}, a command of a part`, { path: READ, headers, status: atItsOwn }),
    made('token', `${who}, data`, { method: 'GET', path: DATA, headers, status: atAll }),
    // The part includes its path, which is not enough.
    made('token', `${who}, what is for the owner alone`, { method: 'GET', path: OWNERS, headers, status: atAll })
  ]),
  made('token', 'in the address', { path: `${COMMAND}?token=${TOKEN}&api-auth=${TOKEN}`, status: 403 }),
  made('token', 'none, a page', { method: 'GET', path: PAGE, status: 200 }),
  made('token', 'none, nothing', { path: '/nothing', status: 404 }),
  made('token', 'none, no command', { path: '/api/v0/nothing', status: 403 }),
  made('path', 'climbing out of a part', {
    path: '/api/v0/id/../shutdown',
    headers: { Authorization: `Bearer ${READER}` },
    status: 403
  }),
  made('path', 'climbing out of a part, encoded', {
    path: '/api/v0/id/%2e%2e/shutdown',
    headers: { Authorization: `Bearer ${READER}` },
    status: 403
  }),
  made('path', 'a slash more', { path: '//api/v0/shutdown', headers: OWNER, status: 404 }),
  made('path', 'another case', { path: '/API/v0/shutdown', headers: OWNER, status: 404 }),
  made('path', 'out of the page', { method: 'GET', path: '/page/../api/v0/shutdown', status: 405 }),
  ...TYPES.flatMap((type) => [
    made('type', `${type}, from a form of another page`, {
      headers: { ...BROWSER, Origin: 'https://evil.example', 'Content-Type': type },
      status: 403
    }),
    made('type', `${type}, without a token`, { headers: { 'Content-Type': type }, status: 403 })
  ]),
  made('socket', 'a WebSocket of another page', {
    method: 'GET',
    path: DATA,
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', Origin: 'https://evil.example', ...OWNER },
    status: 403
  }),
  made('socket', 'a WebSocket to a command', {
    method: 'GET',
    path: COMMAND,
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', ...OWNER },
    status: 405
  })
]
