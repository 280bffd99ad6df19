/** What operators know of addresses and credentials, for the managed rule groups that ask for it. */
export { createLists } from './lists.ts'
