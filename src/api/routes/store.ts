import { ApiError } from '../api-error.ts'
import type { VerifyEvent } from '../content-service.ts'
import { readDuration } from '../kubo-duration.ts'
import type { PeerService } from '../peer-service.ts'
import { flag, json, lines, text, type Call, type Route } from '../route.ts'

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
    if (failures.length === 0 || !(error instanceof Error)) throw error
    if (flag(call, 'stream-errors')) {
      yield { Key: null, Error: error.message }
      throw new ApiError('command', 'encountered errors during gc run')
    }
    throw new ApiError('command', [...failures, error.message].join('; '), { cause: error })
  }
}

async function* verified(service: PeerService, call: Call): AsyncGenerator {
  const timeout = text(call, 'heal-timeout') ?? '30s'
  const healTimeoutMs = readDuration(timeout, { kind: 'command', before: 'invalid heal-timeout: ' })
  const counts = { damaged: 0, removed: 0, healed: 0, lost: 0, kept: 0, unreadable: 0 }
  const options = { signal: call.signal, drop: flag(call, 'drop'), heal: flag(call, 'heal'), healTimeoutMs }
  for await (const event of service.contents.store.verify(options)) {
    if (event.type === 'progress') {
      yield { Msg: '', Progress: event.blocks }
      continue
    }
    counts.damaged += 1
    counts[event.outcome] += 1
    yield { Msg: damagedText(event), Progress: 0 }
  }
  const summary = summaryText(counts)
  // Who asked for it to be removed, or healed, got what was asked for.
  if (counts.kept + counts.lost + counts.unreadable > 0) throw new ApiError('command', summary)
  yield { Msg: summary, Progress: 0 }
}

function damagedText({ cid, outcome, reason }: Extract<VerifyEvent, { type: 'damaged' }>): string {
  if (outcome === 'unreadable') return `block ${cid} cannot be read (${reason}), kept`
  const what = { kept: '', removed: ', removed', healed: ', removed and healed', lost: ', removed, failed to heal' }
  return `block ${cid} was corrupt (${reason})${what[outcome]}`
}

function summaryText({ damaged, removed, healed, lost }: Readonly<Record<string, number>>): string {
  if (damaged === 0) return 'verify complete, all blocks validated.'
  const gone = (removed ?? 0) + (healed ?? 0) + (lost ?? 0)
  const parts = [`verify complete, ${damaged} blocks corrupt`]
  if (gone > 0) parts.push(`${gone} removed`)
  if ((healed ?? 0) > 0) parts.push(`${healed} healed`)
  if ((lost ?? 0) > 0) parts.push(`${lost} failed to heal`)
  return parts.join(', ')
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
