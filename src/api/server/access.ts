/** Who may command a peer through its API: what its config and its token file say. */

/** One entry of `API.Authorizations`. */
export interface Authorization {
  readonly name: string
  /** `bearer:<token>`, `basic:<user>:<password>`, `basic:<base64>`, or a token alone. */
  readonly secret: string
  /** Paths of the API and all below them; `/api/v0` is every command. The version may be asked for by all. */
  readonly allowedPaths: readonly string[]
}

export interface ApiAccess {
  /** The owner's token, good for everything. Without it only `authorizations` are. */
  readonly token?: string | undefined
  /** Whoever shows nothing is turned away (`API.RequireToken`). Where `authorizations` are given, that is so anyway. */
  readonly requireToken: boolean
  readonly authorizations?: readonly Authorization[]
  /** Headers of every answer (`API.HTTPHeaders`); `Access-Control-…` among them say which web pages are let in. */
  readonly headers?: Readonly<Record<string, readonly string[]>>
  /** Names, with a port where it is not 80, by which this API is called beside its address (`API.Hosts`). */
  readonly hosts?: readonly string[]
}

/** Whoever reaches the port may command: for tests, and for tools that expect it. Taken on loopback only. */
export const OPEN_ACCESS: ApiAccess = { requireToken: false }
