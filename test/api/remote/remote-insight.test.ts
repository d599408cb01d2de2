import { expect, it } from 'vitest'
import { RemoteInsight } from '../../../src/api/remote/remote-insight.ts'
import { INSIGHT_ROUTES } from '../../../src/api/routes/insight.ts'
import { fields } from '../../../src/api/remote/wire.ts'
import { DIAGNOSIS, ENGINE, PARTNER, SESSION, WANT } from '../../support/fake-insight.ts'
import { FakeService } from '../../support/fake-service.ts'

/** The commands of one end answer the other, through JSON. */
function remoteOf(service: FakeService): RemoteInsight {
  return new RemoteInsight({
    json: async (command, query) => {
      const { arg, limit, for: label } = query ?? {}
      const route = INSIGHT_ROUTES.find(({ path }) => path === command)
      const args = typeof arg === 'string' ? [arg] : []
      const options = new Map<string, string | number>()
      if (typeof limit === 'number') options.set('limit', limit)
      if (typeof label === 'string') options.set('for', label)
      const files = (): never => {
        throw new Error('takes no files')
      }
      const reply = await route?.run(service, { args, options, files, signal: new AbortController().signal })
      if (reply?.kind !== 'json') throw new Error(`${command} does not answer with JSON`)
      return fields(JSON.parse(JSON.stringify(reply.value)), command)
    }
  })
}

it('what a peer shows arrives as it was', async () => {
  const service = new FakeService()
  const remote = remoteOf(service)
  expect(await remote.wants(3)).toEqual({ total: 12, rows: [WANT] })
  const damaged = { ...WANT, label: 'cat a', damaged: true }
  expect(await remote.wants(3, { label: 'cat a' })).toEqual({ total: 12, rows: [damaged] })
  expect(await remote.partners()).toEqual({ total: 1, rows: [PARTNER] })
  expect(await remote.sessions()).toEqual({ total: 1, rows: [SESSION] })
  expect(await remote.engine()).toEqual(ENGINE)
  expect(await remote.unwant(WANT.id)).toBe(2)
  expect(await remote.diagnose(WANT.id)).toEqual(DIAGNOSIS)
  expect(await remote.diagnose()).toEqual({ findings: DIAGNOSIS.findings })
  await expect(remote.unwant('bafy')).rejects.toThrow('not wanted here')
  expect(service.calls).toContainEqual(['wants', 3])
  expect(service.calls).toContainEqual(['wants', 3, 'cat a'])
})
