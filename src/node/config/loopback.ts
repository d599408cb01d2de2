/** True for a multiaddr that others than this machine can reach. What is no address is for others to complain about. */
export function isReachable(address: string): boolean {
  return /^\/(?:ip4|ip6|dns[46]?)\/(?!127\.|::1\/|localhost\/)/u.test(address)
}
