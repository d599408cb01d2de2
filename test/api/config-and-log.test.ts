import { describe, expect, it, onTestFinished } from 'vitest'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import { FakeConfig } from '../support/fake-config.ts'
import { FakeLog } from '../support/fake-log.ts'
import { FakeService } from '../support/fake-service.ts'

const ACCESS = { requireToken: false, authorizations: [], headers: {}, hosts: [], token: 't'.repeat(43) }

async function start() {
  const service = new FakeService()
  const server = new ApiServer({ service, version: '0.1.0', access: ACCESS })
  const address = await server.start({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.stop())
  const post = async (path: string, body?: FormData) => {
    const url = `http://127.0.0.1:${'port' in address ? address.port : 0}/api/v0/${path}`
    const response = await fetch(url, { method: 'POST', ...(body && { body }) })
    return { status: response.status, text: await response.text() }
  }
  return { service, post, remote: new RemoteService(address) }
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = []
  for await (const value of values) found.push(value)
  return found
}

describe('settings over the API', () => {
  it('are what they are here', async () => {
    const { remote, service } = await start()
    const here = new FakeConfig([])
    expect(await remote.config.get('A.B')).toEqual(await here.get('A.B'))
    expect(await remote.config.set('A.B', 'text')).toEqual(await here.set('A.B', 'text'))
    expect(await remote.config.set('A.B', ['x', 1])).toEqual(await here.set('A.B', ['x', 1]))
    expect(await remote.config.show()).toEqual(await here.show())
    expect(await remote.config.effective()).toEqual(await here.effective())
    expect(await remote.config.replace({ A: 1 })).toEqual(await here.replace({ A: 1 }))
    expect(await remote.config.applyProfiles('a,b', { dryRun: true })).toEqual(await here.applyProfiles('a,b'))
    expect(await remote.config.reload()).toEqual(await here.reload())
    expect(await remote.config.schema()).toEqual(here.schema())
    expect(service.calls).toEqual([
      ['config.get', 'A.B'],
      ['config.set', 'A.B', 'text'],
      ['config.set', 'A.B', ['x', 1]],
      ['config.replace', { A: 1 }],
      ['config.applyProfiles', 'a,b', true],
      ['config.reload']
    ])
  })

  it.each([
    ['config?arg=A.B', 200, '{"Key":"A.B","Value":{"nested":[1,"x"]}}'],
    ['config?arg=A.B&arg=5&json=true', 200, '{"Key":"A.B","Value":5,'],
    ['config?arg=A.B&arg=true&bool=true', 200, '{"Key":"A.B","Value":true,'],
    ['config?arg=A.B&arg=yes&bool=true', 500, 'yes is neither true nor false'],
    ['config?arg=A.B&arg={&json=true', 500, 'failed to unmarshal json'],
    ['config', 400, 'argument \\"key\\" is required'.replaceAll('\\', '')],
    ['config/show', 200, '{"Addresses":{"API":"/a"}}'],
    ['config/profile/apply?arg=test&dry-run=true', 200, '{"OldCfg":{"A":1},"NewCfg":{"A":2}']
  ])('%s answers as in Kubo', async (path, status, text) => {
    const { post } = await start()
    const answer = await post(path)
    expect(answer.text).toContain(text)
    expect(answer.status).toBe(status)
  })

  it('are told of by their keys, among what was asked for: values may be secrets, and hold some', async () => {
    const { post, service } = await start()
    await post('config?arg=API.Authorizations.bob.AuthSecret&arg=bearer:hidden')
    await post('config/API?arg={"Authorizations":{}}&json=true')
    expect(service.diagnostics.begun.map(({ args }) => args)).toEqual([['API.Authorizations.bob.AuthSecret'], ['API']])
  })

  it('take a whole config as a file, and nothing else', async () => {
    const { post } = await start()
    const form = new FormData()
    form.append('file', new Blob(['[]']), 'config')
    expect((await post('config/replace', form)).text).toContain('failed to decode file as config')
    for (const levels of [40, 200_000]) {
      const deep = new FormData()
      deep.append('file', new Blob([`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`]))
      const { status, text } = await post('config/replace', deep)
      expect([status, text]).toEqual([400, expect.stringContaining('nested more than 32 deep')])
    }
  })
})

describe('the log over the API', () => {
  it('is what it is here', async () => {
    const { remote, service } = await start()
    const here = new FakeLog([])
    expect(await remote.log.subsystems()).toEqual(here.subsystems())
    expect(await remote.log.levels()).toEqual(here.levels())
    expect(await remote.log.levels('libp2p')).toEqual(here.levels('libp2p'))
    await remote.log.setLevel('libp2p', 'debug')
    expect(await all(remote.log.tail())).toEqual(await all(here.tail()))
    expect(await all(remote.log.tail({ level: 'error' }))).toHaveLength(2)
    expect(service.calls.slice(-2)).toEqual([
      ['log.setLevel', 'libp2p', 'debug'],
      ['log.tail', 'error']
    ])
  })

  it.each([
    ['log/level', '{"Levels":{"(default)":"warn"}}\n'],
    ['log/level?arg=libp2p&arg=debug', `{"Message":"Changed log level of 'libp2p' to 'debug'\\n"}\n`],
    ['log/ls', '{"Strings":["barter","libp2p"]}\n'],
    ['log/tail', '{"peers":3,"level":"warn","ts":"1970-01-01T00:00:00.000Z","logger":"barter","msg":"one"}\n']
  ])('%s answers as in Kubo', async (path, text) => {
    const { post } = await start()
    expect((await post(path)).text).toContain(text)
  })
})
