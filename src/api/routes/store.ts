import { ApiError, errorText } from '../api-error.ts'
import { collectFailure } from '../formats/collect-failure.ts'
import { readDuration } from '../formats/duration.ts'
import { asKuboRefuses } from '../formats/kubo-duration.ts'
import type { PeerService } from '../service/peer-service.ts'
import { flag, json, lines, text, type Call, type Route } from '../server/route.ts'
import { damageText, VerifySummary } from '../service/verify-summary.ts'

const QUIET = { name: 'quiet', also: ['q'], type: 'bool' } as const

const blocks: Route['run'] = (service, call) => lines(refLines(service.contents.store.blocks({ signal: call.signal })))

export const STORE_ROUTES: readonly Route[] = [
  {
    path: 'repo/gc',
    options: [{ name: 'stream-errors', type: 'bool' }, QUIET, { name: 'silent', type: 'bool' }],
    run: (service, call) => lines(collected(service, call))
  },
  { path: 'repo/gc/stat', run: async (service) => json(gcJson(await service.contents.store.gcStatus())) },
  {
    path: 'repo/verify',
    options: [
      { name: 'drop', type: 'bool' },
      { name: 'heal', type: 'bool' },
      { name: 'heal-timeout', type: 'string' }
    ],
    run: (service, call) => lines(verified(service, call))
  },
  { path: 'repo/ls', run: blocks },
  { path: 'refs/local', run: blocks }
]

async function* refLines(cids: AsyncIterable<string>): AsyncGenerator {
  for await (const Ref of cids) yield { Ref, Err: '' }
}

/** An error is the end, told as one; with `stream-errors`, each is a line as well. */
async function* collected(service: PeerService, call: Call): AsyncGenerator {
  const failures: string[] = []
  try {
    for await (const event of service.contents.store.collect({ signal: call.signal })) {
      if (event.type === 'removed') {
        if (!flag(call, 'silent')) yield { Key: { '/': event.cid } }
        continue
      }
      if (event.type === 'untold') {
        if (!flag(call, 'silent')) yield { Key: null, Untold: event.removed }
        continue
      }
      failures.push(event.error)
      if (flag(call, 'stream-errors')) yield { Key: null, Error: event.error }
    }
  } catch (error) {
    const wereTold = flag(call, 'stream-errors')
    if (wereTold && failures.length > 0) yield { Key: null, Error: errorText(error) }
    throw collectFailure(failures, error, wereTold)
  }
}

/** `Msg` is for people, and Kubo's clients; a damaged block has its members beside it. `Done`: what follows is the sum. */
async function* verified(service: PeerService, call: Call): AsyncGenerator {
  const timeout = text(call, 'heal-timeout') ?? '30s'
  const refusal = asKuboRefuses({ kind: 'command', before: 'invalid heal-timeout: ' })
  const healTimeoutMs = readDuration(timeout, { refusal })
  const summary = new VerifySummary()
  const options = { signal: call.signal, drop: flag(call, 'drop'), heal: flag(call, 'heal'), healTimeoutMs }
  let checked = 0
  for await (const event of service.contents.store.verify(options)) {
    if (event.type === 'progress') {
      checked = event.blocks
      yield { Msg: '', Progress: checked }
      continue
    }
    summary.add(event)
    const { cid: Cid, outcome: Outcome, reason: Reason, quarantine: Quarantine } = event
    yield { Msg: damageText(event), Progress: 0, Cid, Outcome, Reason, Quarantine }
  }
  if (summary.isFailure) {
    yield { Msg: '', Progress: checked, Done: true }
    throw new ApiError('command', summary.text)
  }
  yield { Msg: summary.text, Progress: 0, Done: true }
}

type Gc = Awaited<ReturnType<PeerService['contents']['store']['gcStatus']>>

/** Moments in milliseconds since 1970; what is not known is null. */
function gcJson({ state, current, last, automatic }: Gc): unknown {
  return {
    State: state,
    Current: current === undefined ? null : runJson(current),
    Last: last === undefined ? null : runJson(last),
    Automatic: {
      Enabled: automatic.enabled,
      LimitBytes: automatic.limitBytes ?? null,
      StoredBytes: automatic.storedBytes ?? null,
      PeriodMs: automatic.periodMs
    }
  }
}

function runJson({ startedAt, durationMs, marked, removed, bytesFreed, error }: NonNullable<Gc['last']>): unknown {
  return {
    StartedAt: startedAt,
    DurationMs: durationMs,
    Marked: marked,
    Removed: removed,
    BytesFreed: bytesFreed,
    Error: error ?? ''
  }
}
