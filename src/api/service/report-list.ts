/** What the page is told of reports of the laboratory, by `GET /api/barter/reports`. Plain JSON. */

export interface ReportInfo {
  /** Path below the directory, with `/`. */
  readonly name: string
  /** As the report calls itself. Not to be trusted, and to be shown as text. */
  readonly title: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
}

export interface ReportList {
  /** Left out when the daemon was not told of one. */
  readonly directory?: string | undefined
  /** The newest first. */
  readonly reports: readonly ReportInfo[]
}

/** By `GET /api/barter/reports/open?name=`: where the report is to be had for a while, without a token. */
export interface OpenedReport {
  readonly path: string
}
