import { parseEntityBytes, type EntityBytes } from './byte-span.ts'
import { GatewayError } from './gateway-error.ts'

/** How much of the DAG behind a path a CAR holds. */
export type DagScope = 'block' | 'entity' | 'all'

/** What a CAR is to hold (IPIP-402), and how (IPIP-412). Its order is always depth first, which is also a good unknown order. */
export interface CarParams {
  readonly scope: DagScope
  readonly entityBytes: EntityBytes | undefined
  /** Send a block each time it occurs. */
  readonly dups: boolean
}

const SCOPES: readonly DagScope[] = ['block', 'entity', 'all']
/** What each parameter of the media type may be; anything else is another representation, which is not to be had. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  version: ['', '1'],
  order: ['', 'dfs', 'unk'],
  dups: ['', 'y', 'n']
}

/** Can a CAR be made with these parameters of the media type? Parameters that nobody knows are passed over. */
export function canMake(parameters: ReadonlyMap<string, string>): boolean {
  return Object.entries(KNOWN).every(([name, values]) => values.includes(parameters.get(name) ?? ''))
}

/** `query` goes before what `Accept` says (IPIP-523). Throws a 400 for a value that cannot be served. */
export function readCarParams(query: URLSearchParams, accepted: ReadonlyMap<string, string>): CarParams {
  const chosen = new Map(Object.keys(KNOWN).map((name) => [name, query.get(`car-${name}`) ?? accepted.get(name) ?? '']))
  if (!canMake(chosen)) {
    throw new GatewayError(400, 'a CAR is served with version 1, order dfs (or unk) and dups y or n')
  }
  const bytes = query.get('entity-bytes')
  const entityBytes = bytes === null ? undefined : parseEntityBytes(bytes)
  return { scope: readScope(query, entityBytes), entityBytes, dups: chosen.get('dups') === 'y' }
}

function readScope(query: URLSearchParams, entityBytes: EntityBytes | undefined): DagScope {
  const text = query.get('dag-scope')
  const scope = text === null || text === '' ? 'all' : SCOPES.find((one) => one === text)
  if (scope === undefined) throw new GatewayError(400, `dag-scope must be one of ${SCOPES.join(', ')}`)
  return entityBytes === undefined ? scope : 'entity'
}
