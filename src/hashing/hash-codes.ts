/** Multihash codes, from the multicodec table. */
export const IDENTITY_CODE = 0x00
export const SHA2_256_CODE = 0x12
export const SHA2_512_CODE = 0x13
export const SHA3_512_CODE = 0x14
export const SHA3_384_CODE = 0x15
export const SHA3_256_CODE = 0x16
export const SHA3_224_CODE = 0x17
export const BLAKE3_CODE = 0x1e
export const BLAKE2B_256_CODE = 0xb220
