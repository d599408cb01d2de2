import type { Query } from './api-caller.ts'
import { modeText } from '../formats/file-mode.ts'
import type { AddOptions } from '../service/peer-service.ts'

/** The options of an add, as the API takes them. */
export function addQuery(options: AddOptions): Query {
  const { chunkBytes, inlineBytes, layout, attributes: { mode, mtime } = {} } = options
  return {
    'cid-version': options.cidVersion,
    'raw-leaves': options.rawLeaves,
    chunker: chunkBytes === undefined ? undefined : `size-${chunkBytes}`,
    hash: options.hash,
    inline: inlineBytes === undefined ? undefined : true,
    'inline-limit': inlineBytes,
    'max-file-links': options.maxFileLinks,
    'max-hamt-fanout': options.hamtFanout,
    trickle: layout === 'trickle' ? true : undefined,
    mode: mode === undefined ? undefined : modeText(mode),
    mtime: mtime?.seconds,
    'mtime-nsecs': mtime?.nanoseconds,
    'preserve-mode': options.preserveMode,
    'preserve-mtime': options.preserveMtime,
    'wrap-with-directory': options.wrap,
    pin: options.pin,
    'pin-name': options.pinName,
    'only-hash': options.onlyHash,
    progress: options.progress === true
  }
}
