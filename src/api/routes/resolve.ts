import { cidEncoder } from '../formats/cid-encoder.ts'
import { resolvePath } from '../resolve-path.ts'
import { firstArg, json, readOptions, type Route } from '../server/route.ts'

export const RESOLVE_ROUTES: readonly Route[] = [
  {
    path: 'resolve',
    arg: { name: 'name', min: 1 },
    options: [
      { name: 'recursive', also: ['r'], type: 'bool' },
      { name: 'dht-record-count', type: 'int' },
      { name: 'dht-timeout', type: 'string' }
    ],
    run: async (service, call) => {
      const [name, options] = [firstArg(call), readOptions(call)]
      const { cid, rest } = await resolvePath(service, name, { ...options, label: options.label ?? `resolve ${name}` })
      return json({ Path: `/ipfs/${cidEncoder(call)(cid)}${rest}` })
    }
  }
]
