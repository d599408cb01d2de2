/** The form of a repo; the number is Kubo's for the same set of files. */
export const REPO_VERSION = '18'
