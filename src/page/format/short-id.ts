/** The two ends of a CID or peer id, which is what people compare: `bafybei…k7aq`. */
export function shortId(id: string, head = 8, tail = 6): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`
}

/** The end of a peer id, which differs where the beginnings do not. */
export function shortPeer(id: string): string {
  return shortId(id, 4, 8)
}
