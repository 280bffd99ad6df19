/** Policy variables exist from 2012-10-17 on. Source: IAM User Guide, "IAM JSON policy elements: Version". */
export type PolicyVersion = '2008-10-17' | '2012-10-17'

/** Oldest first; a policy without `Version` has the first. */
export const policyVersions: readonly PolicyVersion[] = ['2008-10-17', '2012-10-17']
