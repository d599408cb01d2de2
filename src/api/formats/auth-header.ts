import { InvalidParametersError } from '../../errors.ts'

/** The `Authorization` header of a secret as `API.Authorizations` and `--api-auth` take it. Throws when it is none. */
export function authHeader(secret: string): string {
  const colon = secret.indexOf(':')
  const scheme = colon === -1 ? 'bearer' : secret.slice(0, colon)
  const value = secret.slice(colon + 1)
  // Anything else could not stand in a header, or would end it.
  if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/u.test(value)) throw notASecret()
  if (scheme === 'bearer') return `Bearer ${value}`
  if (scheme !== 'basic') throw notASecret()
  return `Basic ${value.includes(':') ? Buffer.from(value).toString('base64') : value}`
}

/** Does not show what was given. */
function notASecret(): InvalidParametersError {
  return new InvalidParametersError('an API secret is bearer:<token>, basic:<user>:<password> or basic:<base64>')
}
