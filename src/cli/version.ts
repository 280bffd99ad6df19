import { createRequire } from 'node:module'

const { version: stated } = createRequire(import.meta.url)('#package') as { version: string } // A package has a version.

/** The version of this package. */
export const version = stated
