import { CID } from 'multiformats/cid'
import { ApiError } from './api-error.ts'
import type { LinkInfo, PeerService } from './peer-service.ts'
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
    cid = await followLink(service.ls(`/ipfs/${cid}`, { ...options, resolve: false }), part, cid)
  }
  return cid
}

async function followLink(links: AsyncIterable<LinkInfo>, name: string, folder: string): Promise<string> {
  for await (const link of links) if (link.name === name) return link.cid
  throw new ApiError('command', `no link named "${name}" under ${folder}`)
}

function parseCid(text: string): string {
  try {
    return CID.parse(text).toString()
  } catch (cause) {
    throw new ApiError('command', `invalid path "${text}": invalid CID`, { cause, code: 1 })
  }
}
