/** The release of Kubo whose API this is. */
const KUBO_RELEASE = '0.43.0'

/**
 * The version that clients of Kubo are told. They choose by it how to speak (those in Go send paths %-encoded from 0.23 on), and
 * read it as strict semver; our own stands behind the plus, where it counts for nothing.
 */
export function kuboVersion(own: string): string {
  return `${KUBO_RELEASE}+barter.${own}`
}
