import { contentHeaders } from './answer-headers.ts'
import type { BlockReader } from './block-reader.ts'
import { spanOf, type ByteSpan } from './byte-span.ts'
import { carBlockHead, carHeader } from '../content/car-frame.ts'
import { resolvePath, type ResolvedPath } from '../content/resolve-path.ts'
import type { CarParams, DagScope } from './car-params.ts'
import { childrenOf, entitySize } from './children.ts'
import { carEtag, matchesEtag } from './etag.ts'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { GatewayError } from './gateway-error.ts'
import type { GatewayRequest } from './gateway-request.ts'
import { sendHead, type Answer } from './send-answer.ts'
import { SentBlocks, walkScope, type FoundBlock } from './walk-scope.ts'

interface Extent {
  readonly scope: DagScope
  readonly span: ByteSpan | undefined
}

/** Answers with the blocks that lead along a path, and those of the wanted scope at its end. */
export async function serveCar(
  request: GatewayRequest,
  params: CarParams,
  blocks: BlockReader,
  answer: Answer
): Promise<void> {
  const { cid, segments, headers, isHead } = request
  const etag = carEtag(cid, segments, params)
  blocks.check(cid)
  if (matchesEtag(headers['if-none-match'], etag)) {
    sendHead(answer, 304, contentHeaders(request, etag, [cid.toString()]))
    return
  }
  const path = await resolvePath({ get: (one) => blocks.read(one) }, { cid, names: segments })
  if (path.rest.length > 0) throw isPart(path)
  // Whether there is something to send is known before the status is.
  const size = isHead && params.entityBytes === undefined ? await blocks.size(path.cid) : undefined
  const extent = size === undefined ? await extentOf(path, params, blocks) : { scope: params.scope, span: undefined }
  const head = contentHeaders(
    request,
    etag,
    path.roots.map((root) => root.toString())
  )
  if (isHead) {
    sendHead(answer, 200, head)
    return
  }
  answer.begin(200, head)
  await answer.write([carHeader([path.cid])])
  const seen = params.dups ? undefined : new SentBlocks()
  for (const one of path.way) await send(answer, { cid: one, bytes: await blocks.read(one) }, seen)
  for await (const found of walkScope(blocks, { cid: path.cid, span: extent.span }, { scope: extent.scope, seen })) {
    await write(answer, found)
  }
  answer.end()
}

/** Reads the end of the path, and what `entity-bytes` means there. */
async function extentOf({ cid }: ResolvedPath, params: CarParams, blocks: BlockReader): Promise<Extent> {
  const bytes = await blocks.read(cid)
  const { scope, entityBytes } = params
  // A block that is not what it says shows here, and not after the status was sent.
  childrenOf({ cid, span: undefined }, bytes, scope)
  const size = entityBytes === undefined ? undefined : entitySize(cid, bytes)
  if (entityBytes === undefined || size === undefined) return { scope, span: undefined }
  const span = spanOf(entityBytes, size)
  if (span === 'outside') throw new GatewayError(400, `entity-bytes is outside of the ${size} bytes that there are`)
  return span === undefined ? { scope: 'block', span } : { scope, span }
}

async function send(answer: Answer, found: FoundBlock, seen: SentBlocks | undefined): Promise<void> {
  if (seen?.add(found.cid, false) !== false) await write(answer, found)
}

/** What an identity CID says stands in the block that links to it: it is never sent. */
async function write(answer: Answer, { cid, bytes }: FoundBlock): Promise<void> {
  if (cid.multihash.code === IDENTITY_CODE) return
  await answer.write([carBlockHead(cid, bytes.byteLength), bytes])
}

function isPart({ rest, cid }: ResolvedPath): GatewayError {
  return new GatewayError(
    501,
    `"${rest.join('/')}" under ${cid.toString()} is a part of a block, which is not served alone`
  )
}
