import type { HttpHandler } from '../../api/server/http-handler.ts'
import { readApiToken } from '../repo/api-token.ts'
import { dashboardCodeHandlers } from './dashboard-codes.ts'
import { pageHandlers } from './page-files.ts'
import type { Peer } from '../peer.ts'
import { reportHandlers } from './report-files.ts'

export interface PageOptions {
  /** Directory of reports of the laboratory, instead of `Barter.Reports` of the config. */
  readonly reports?: string | undefined
}

/** The page, how a browser gets the token to it, and the reports that it shows. */
export function pageArea({ repo }: Pick<Peer, 'repo'>, { reports }: PageOptions): readonly HttpHandler[] {
  const token = async (): Promise<string | undefined> =>
    repo === undefined ? undefined : await readApiToken(repo.paths.root)
  return [...pageHandlers(), ...dashboardCodeHandlers(token), ...reportHandlers(reports ?? repo?.config.reports)]
}
