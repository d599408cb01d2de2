/** Why this version of Node.js is too old for Barter; undefined for one that is not, and where there is none. */
export function oldNode(version: string | undefined): string | undefined {
  if (version === undefined) return undefined
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 12)) return undefined
  return `barter needs Node.js 22.12 or newer, and this is ${version}`
}
