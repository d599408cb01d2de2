import { expect, it, onTestFinished } from 'vitest'
import { OPEN_ACCESS } from '../../src/api/server/access.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import { FakeService } from '../support/fake-service.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

async function failing(path: string): Promise<unknown> {
  const logger = new RecordingLogger()
  const server = new ApiServer({ service: new FakeService(), version: '0', access: OPEN_ACCESS, logger })
  onTestFinished(() => server.stop())
  const { port } = await server.start({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`http://127.0.0.1:${port}/api/v0/${path}`, { method: 'POST' })
  expect(response.ok).toBe(false)
  return logger.lines
}

it.each([
  [
    'resolve?arg=/ipns/example.org&token=secret',
    '/api/v0/resolve',
    expect.stringContaining('cannot resolve') as string
  ],
  ['cat/%zz?arg=secret', '/api/v0/cat/%zz', '"%zz" is not %-encoded'],
  ['config?arg=A.B&arg={"a":"secret&json=true', '/api/v0/config', 'not told: what was sent may be a secret'],
  ['config/A.B?arg=secret&bool=true', '/api/v0/config/A.B', 'not told: what was sent may be a secret']
])('%s fails, and is written down without what was sent', async (path, shown, error) => {
  expect(await failing(path)).toEqual([{ level: 'debug', message: 'a request failed', fields: { path: shown, error } }])
})
