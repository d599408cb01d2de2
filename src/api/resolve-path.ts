import { CID } from 'multiformats/cid'
import { ApiError } from './api-error.ts'
import type { PeerService } from './peer-service.ts'
import type { ReadOptions } from './read-options.ts'

/** Follows the names of a path from folder to folder; resolves with the CID at its end. */
export async function resolvePath(
  service: Pick<PeerService, 'ls'>,
  name: string,
  options: ReadOptions = {}
): Promise<string> {
  const path = name.replace(/^ipfs:\/\//u, '').replace(/^\/?ipfs\//u, '')
  if (/^(?:\/?ipns\/|ipns:)/u.test(name) || path.startsWith('/')) {
    throw new ApiError('command', `cannot resolve "${name}": only /ipfs/<cid> and paths below it are resolved here`)
  }
  const [root = '', ...names] = path.split('/').filter((part) => part !== '')
  let cid = parseCid(root)
  for (const part of names) {
    const links = await service.ls(`/ipfs/${cid}`, options)
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
