/** CAPTCHA and Challenge: the pages, the tokens that they earn, and what a token is worth. */
export { createTokens } from './create-tokens.ts'
export { verifyPath } from './pages.ts'
export type { Tokens } from './tokens.ts'
