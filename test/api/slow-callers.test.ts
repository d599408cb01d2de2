import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { OPEN_ACCESS } from '../../src/api/server/access.ts'
import type { TcpAddress } from '../../src/api/api-address.ts'
import { ApiServer, type ApiServerInit } from '../../src/api/server/server.ts'
import { FakeService, MISSING } from '../support/fake-service.ts'

const MAX = 24
const MIB = 2 ** 20

async function start(init: Partial<ApiServerInit> = {}): Promise<TcpAddress> {
  const server = new ApiServer({
    service: new FakeService(),
    version: '0',
    access: OPEN_ACCESS,
    maxConnections: MAX,
    ...init
  })
  const address = await server.start({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.stop())
  return address
}

async function open({ host, port }: TcpAddress, text: string): Promise<Socket> {
  const socket = connect(port, host)
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

async function call(address: TcpAddress, path: string): Promise<number | undefined> {
  const outgoing = request({ ...address, path, method: 'POST', agent: false }).end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

const head = (port: number, path: string): string => `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`
const upload = (port: number): string =>
  `${head(port, '/api/v0/block/put')}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n` +
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbegin'

it.each([
  ['say nothing', () => ''],
  ['end no headers', (port: number) => `${head(port, '/api/v0/version')}X-Slow: `],
  ['end no upload', upload]
])('callers that %s take no place from others', async (_what, text) => {
  const address = await start()
  const slow: Socket[] = []
  for (let count = 0; count < 4 * MAX; count++) slow.push(await open(address, text(address.port)))
  for (let count = 0; count < 10; count++) expect(await call(address, '/api/v0/version')).toBe(200)
  await expect
    .poll(() => slow.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length)
    .toBeLessThanOrEqual(MAX)
})

it('callers that are being answered keep their places', async () => {
  const address = await start()
  const waiting = Array.from({ length: MAX - 1 }, () => call(address, `/api/v0/block/get?arg=${MISSING}&timeout=2s`))
  await expect.poll(() => call(address, '/api/v0/version')).toBe(200)
  for (let count = 0; count < MAX; count++) await open(address, '')
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: MAX - 1 }, () => 500))
})

it.each([
  ['config/replace', 1],
  ['block/put', 8],
  ['dag/put', 8]
])('what is held in memory is bounded: of an upload without end to %s, no more than %i MiB', async (path, mib) => {
  const address = await start()
  const socket = await open(
    address,
    upload(address.port)
      .replace('block/put', path)
      .replace('1000', String(2 ** 40))
  )
  const answered = once(socket, 'data') as Promise<[Buffer]>
  const piece = Buffer.alloc(64 * 1024, ' ')
  let sent = 0
  const isWaiting = (): boolean => socket.bytesRead === 0 && sent < 4 * mib * MIB
  for (; isWaiting(); sent += piece.length) await new Promise((resolve) => void socket.write(piece, resolve))
  const [answer] = await answered
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /u)
  expect(answer.toString()).toContain(`larger than ${mib * MIB} bytes`)
})

it('an upload that stops before its file is told so', async () => {
  const address = await start({ bodyIdleMs: 50 })
  const socket = await open(address, upload(address.port).replace('filename="a"\r\n\r\nbegin', ''))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /u)
  expect(answer.toString()).toContain('the body stopped: nothing of it came for 0.05 s')
})
