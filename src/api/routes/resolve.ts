import { CID } from 'multiformats/cid'
import { ApiError } from '../api-error.ts'
import { cidEncoder } from '../cid-encoder.ts'
import type { PeerService } from '../peer-service.ts'
import { firstArg, json, readOptions, type Call, type Route } from '../route.ts'

export const RESOLVE_ROUTES: readonly Route[] = [
  {
    path: 'resolve',
    arg: { name: 'name', min: 1 },
    options: [
      { name: 'recursive', also: ['r'], type: 'bool' },
      { name: 'dht-record-count', type: 'int' },
      { name: 'dht-timeout', type: 'string' }
    ],
    run: async (service, call) => json({ Path: `/ipfs/${cidEncoder(call)(await resolve(service, call))}` })
  }
]

/** Follows the names of a path from folder to folder, and returns the CID at its end. */
async function resolve(service: PeerService, call: Call): Promise<string> {
  const name = firstArg(call)
  const path = name.replace(/^ipfs:\/\//u, '').replace(/^\/?ipfs\//u, '')
  if (/^\/?ipns\//u.test(name) || path.startsWith('/')) {
    throw new ApiError('command', `cannot resolve "${name}": only /ipfs/<cid> and paths below it are resolved here`)
  }
  const [root = '', ...names] = path.split('/').filter((part) => part !== '')
  let cid = parseCid(root)
  for (const part of names) {
    const links = await service.ls(`/ipfs/${cid}`, readOptions(call))
    const link = links.find((one) => one.name === part)
    if (link === undefined) throw new ApiError('command', `no link named "${part}" under ${cid}`)
    cid = link.cid
  }
  return cid
}

function parseCid(text: string): string {
  try {
    return CID.parse(text).toString()
  } catch (cause) {
    throw new ApiError('command', `invalid path "${text}": invalid CID`, { cause, code: 1 })
  }
}
