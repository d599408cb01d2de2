/** What can be done about damaged blocks, in one wording wherever they are told of. */
export const HEAL_ADVICE = '`barter repo verify --heal` fetches what is damaged from other peers'
export const DROP_ADVICE = '`barter repo verify --drop` gives up all that is damaged'
/** Where a pin keeps what is damaged, or missing. */
export const PINNED_ADVICE = `${HEAL_ADVICE}, \`barter pin add <cid>\` what is missing; \`barter pin rm\` lets go of a pin`
export const BROKEN_PIN_ADVICE =
  '`barter pin verify` names all that is missing, `barter pin add <cid>` fetches it; `barter pin rm` lets go of a pin'
export const DAMAGE_ADVICE = `${HEAL_ADVICE}; ${DROP_ADVICE}`
