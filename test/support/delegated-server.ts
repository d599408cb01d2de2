/** A delegated router on loopback, with the manners of a test's choice. Closed at the end of the test. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface DelegatedServer {
  readonly url: URL
  /** Paths asked for, in order. Bounded: by the test. */
  readonly asked: string[]
  answer: (response: ServerResponse, request: IncomingMessage) => void
  /** Connections open now. */
  connections(): Promise<number>
}

export async function startDelegatedServer(answer: DelegatedServer['answer']): Promise<DelegatedServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    delegated.answer(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const delegated: DelegatedServer = {
    url: new URL(`http://127.0.0.1:${port}`),
    asked,
    answer,
    connections: () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
  }
  return delegated
}

/** Answers with records, a line each. */
export function lines(records: readonly unknown[]): DelegatedServer['answer'] {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.end(records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''))
  }
}

/** Answers with one JSON value. */
export function object(value: unknown): DelegatedServer['answer'] {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(value))
  }
}

export function status(code: number, headers: Record<string, string> = {}): DelegatedServer['answer'] {
  return (response) => response.writeHead(code, headers).end('no')
}

/** Sends the same again and again, as fast as it is taken, without end. */
export function endless(type: string, text: string): DelegatedServer['answer'] {
  return (response) => {
    response.writeHead(200, { 'content-type': type })
    const more = (): void => {
      while (!response.destroyed && response.write(text));
    }
    response.on('drain', more)
    more()
  }
}
