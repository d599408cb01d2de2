import { expect, it } from 'vitest'
import { whyStopped } from '../../../src/api/server/send-reply.ts'
import { NotFoundError, NotStartedError } from '../../../src/errors.ts'

it('a command that a stop ended says so, and one that failed by itself says why', () => {
  const ending = new Error('the daemon is shutting down')
  const [stopped, running] = [AbortSignal.abort(ending), new AbortController().signal]
  const ended = new NotStartedError()
  expect(whyStopped(ended, stopped)).toBe(ending)
  expect(whyStopped(new Error('pin: it failed', { cause: ended }), stopped)).toBe(ending)
  expect(whyStopped(ended, running)).toBe(ended)
  const missing = new NotFoundError('it is not here')
  expect(whyStopped(missing, stopped)).toBe(missing)
})
