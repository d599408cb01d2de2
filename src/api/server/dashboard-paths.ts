/** Where the page of a daemon is; the addresses of its files are relative to it. */
export const PAGE_PATH = '/dashboard/'

/** Whoever may command gets a code here, as `{code}`. */
export const CODE_PATH = '/api/barter/dashboard/code'

/** Whoever has a code gets the token here, once, as `{token}`. */
export const TOKEN_PATH = '/api/barter/dashboard/token'
