/** The two ends of a CID or peer id, which is what people compare: `bafybei…k7aq`. */
export function shortId(id: string, head = 8, tail = 6): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`
}

/** The end of a peer id, which differs where the beginnings do not. */
export function shortPeer(id: string): string {
  return shortId(id, 4, 8)
}

/** The label of a request, its CIDs cut: `cat bafy…k7aq/photos`. */
export function shortLabel(label: string): string {
  return label.replaceAll(/(?:\/ipfs\/)?([a-zA-Z0-9]{40,})/gu, (_, id: string) => shortId(id, 4, 4))
}
