/** Barter's own commands: Kubo does not show why a want is stuck, nor all partners, and cannot take one want back. */
import { readDuration } from '../formats/duration.ts'
import { firstArg, integer, json, text, type Route } from '../server/route.ts'

const LIMIT = [{ name: 'limit', also: ['n'], type: 'int' }] as const

/** Answers are rows as in `insight-snapshot.ts`, in a `Listing`: what the page gets, under the same names. */
export const INSIGHT_ROUTES: readonly Route[] = [
  {
    path: 'bitswap/wants',
    // The label of a request, as it is shown: `label` itself is what a request that wants something is given.
    options: [...LIMIT, { name: 'for', type: 'string' }],
    run: async ({ insight }, call) => json(await insight.wants(integer(call, 'limit'), { label: text(call, 'for') }))
  },
  {
    path: 'bitswap/partners',
    options: LIMIT,
    run: async ({ insight }, call) => json(await insight.partners(integer(call, 'limit')))
  },
  {
    path: 'bitswap/sessions',
    options: LIMIT,
    run: async ({ insight }, call) => json(await insight.sessions(integer(call, 'limit')))
  },
  {
    path: 'bitswap/unwant',
    arg: { name: 'cid', min: 1 },
    run: async ({ insight }, call) => json({ Key: firstArg(call), Sessions: await insight.unwant(firstArg(call)) })
  },
  { path: 'bitswap/engine', run: async ({ insight }) => json(await insight.engine()) },
  {
    path: 'doctor',
    arg: { name: 'path', min: 0 },
    options: [{ name: 'within', type: 'string' }],
    run: async ({ insight }, call) => {
      const within = text(call, 'within')
      const withinMs = within === undefined ? undefined : readDuration(within)
      return json(await insight.diagnose(call.args[0], { withinMs, signal: call.signal }))
    }
  }
]
