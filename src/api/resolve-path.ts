import { readCid } from '../read-cid.ts'
import { ApiError } from './api-error.ts'
import type { PeerService } from './service/peer-service.ts'
import type { ReadOptions } from './service/read-options.ts'

/** Follows a path to its end: the CID there, and the names that lead on into the block, each behind a slash. */
export async function resolvePath(
  { contents }: Pick<PeerService, 'contents'>,
  name: string,
  options: ReadOptions = {}
): Promise<{ readonly cid: string; readonly rest: string }> {
  const path = name.replace(/^ipfs:\/\//u, '').replace(/^\/?ipfs\//u, '')
  if (/^(?:\/?ipns\/|ipns:)/u.test(name) || path.startsWith('/')) {
    throw new ApiError('command', `cannot resolve "${name}": only /ipfs/<cid> and paths below it are resolved here`)
  }
  checkCid(path.split('/')[0] ?? '')
  return await contents.dag.resolve(`/ipfs/${path}`, options)
}

function checkCid(text: string): void {
  try {
    readCid(text)
  } catch (cause) {
    throw new ApiError('command', `invalid path "${text}": invalid CID`, { cause, code: 1 })
  }
}
