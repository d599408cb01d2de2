/** How content that is not here may be had. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  /** Only what the repo holds; `NotFoundError` otherwise. */
  readonly offline?: boolean
  /** Multiaddrs of peers to ask first. */
  readonly from?: readonly string[]
  /** What it is for, where that says more than the command and its path; shown beside what it wants. */
  readonly label?: string | undefined
}
