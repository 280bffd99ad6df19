/** Where addresses are, for web ACLs and records. */
export { countryPackage, createLocations } from './locations.ts'
