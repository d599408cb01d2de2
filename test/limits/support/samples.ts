/** The blocks that an attacked peer has for honest ones. */
export const SAMPLE_BLOCKS = 4_000
export const SAMPLE_BYTES = 4_096
