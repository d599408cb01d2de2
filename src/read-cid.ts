import { base16, base16upper } from 'multiformats/bases/base16'
import { base32, base32upper } from 'multiformats/bases/base32'
import { base36, base36upper } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base64, base64url } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'
import { InvalidParametersError } from './errors.ts'
import { MAX_CID_BYTES } from './message/limits.ts'

/** The bases in which CIDs are written, by their first letter. */
const BASES: Readonly<Record<string, Parameters<typeof CID.parse>[1]>> = {
  b: base32.decoder,
  B: base32upper.decoder,
  f: base16.decoder,
  F: base16upper.decoder,
  k: base36.decoder,
  K: base36upper.decoder,
  m: base64.decoder,
  u: base64url.decoder,
  z: base58btc.decoder
}

/** Reads a CID as somebody wrote it, in any base that is in use. Throws for what is none, or too long to be one. */
export function readCid(text: string): CID {
  // Base 16 takes two characters a byte, and one names it.
  if (text.length > 2 * MAX_CID_BYTES + 1) throw tooLong()
  const cid = text.startsWith('Qm') ? CID.parse(text) : CID.parse(text, BASES[text[0] ?? ''])
  if (cid.bytes.byteLength > MAX_CID_BYTES) throw tooLong()
  return cid
}

function tooLong(): InvalidParametersError {
  return new InvalidParametersError('the CID is too long')
}
