/** Where addresses are, for web ACLs and records. */
export { countryPackage, createLocations, type Locations } from './locations.ts'
