import { contentHeaders } from './answer-headers.ts'
import type { BlockReader } from './block-reader.ts'
import { parseRange } from './byte-span.ts'
import { matchesEtag, rawEtag } from './etag.ts'
import type { GatewayRequest } from './gateway-request.ts'
import { sendHead, type Answer } from './send-answer.ts'

/** Answers with one block, or a part of it. */
export async function serveRaw(request: GatewayRequest, blocks: BlockReader, answer: Answer): Promise<void> {
  const { cid, headers, isHead } = request
  const etag = rawEtag(cid)
  const common = contentHeaders(request, etag, [cid.toString()])
  blocks.check(cid)
  if (matchesEtag(headers['if-none-match'], etag)) {
    sendHead(answer, 304, common)
    return
  }
  if (isHead) {
    sendHead(answer, 200, { ...common, 'Content-Length': await blocks.size(cid) })
    return
  }
  const bytes = await blocks.read(cid)
  const ifRange = headers['if-range']
  const isAsked = headers.range !== undefined && (ifRange === undefined || ifRange === etag)
  const span = isAsked ? parseRange(headers.range ?? '', bytes.byteLength) : undefined
  if (span === undefined) {
    answer.begin(200, { ...common, 'Content-Length': bytes.byteLength })
    answer.end(bytes)
  } else if (span === 'outside') {
    sendHead(answer, 416, { 'Content-Range': `bytes */${bytes.byteLength}`, 'Content-Length': 0 })
  } else {
    const { first, last } = span
    const part = bytes.subarray(first, last + 1)
    const range = { 'Content-Range': `bytes ${first}-${last}/${bytes.byteLength}` }
    answer.begin(206, { ...common, ...range, 'Content-Length': part.byteLength })
    answer.end(part)
  }
}
