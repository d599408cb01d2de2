import type { AddCandidate } from '../api/peer-service.ts'

/** A stream without a name, as the one file to add. */
// eslint-disable-next-line @typescript-eslint/require-await -- one candidate, as a stream
export async function* oneSource(content: AsyncIterable<Uint8Array>): AsyncGenerator<AddCandidate> {
  yield { type: 'file', path: '', content }
}
