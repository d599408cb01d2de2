/** Reads a trace of Chromium as its own tools do: what counts as scripting, and for how long it went on. */

/** Events that DevTools counts as scripting; those inside of others are not counted twice. */
const SCRIPTING = new Set([
  'EvaluateScript',
  'EvaluateModule',
  'FunctionCall',
  'TimerFire',
  'RunMicrotasks',
  'FireAnimationFrame',
  'FireIdleCallback',
  'EventDispatch',
  'XHRReadyStateChange',
  'XHRLoad',
  'v8.compile',
  'v8.compileModule',
  'v8.run',
  'V8.GC_MC_BACKGROUND_MARKING',
  'MinorGC',
  'MajorGC',
  'V8.GCScavenger',
  'V8.GCFinalizeMC',
  'V8.GCIncrementalMarking'
])

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly args?: { readonly name?: string }
}

/** Milliseconds of scripting on the main thread of the page. Throws when the trace holds none: then it was no trace of it. */
export function scriptingMs(trace: string): number {
  const { traceEvents: events } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] }
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`)
  )
  const spans = events
    .filter(
      ({ name, ph, pid, tid, dur }) =>
        ph === 'X' && dur !== undefined && SCRIPTING.has(name) && mains.has(`${pid} ${tid}`)
    )
    .map(({ pid, tid, ts, dur = 0 }) => ({ thread: `${pid} ${tid}`, from: ts, to: ts + dur }))
  if (spans.length === 0) throw new Error('the trace holds no scripting')
  return [...mains].reduce((sum, main) => sum + unionOf(spans.filter(({ thread }) => thread === main)), 0) / 1_000
}

/** How long at least one of them went on. */
function unionOf(spans: readonly { readonly from: number; readonly to: number }[]): number {
  let total = 0
  let end = -Infinity
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return total
}
