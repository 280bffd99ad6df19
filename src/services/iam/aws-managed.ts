/** One of AWS's own policies. */
export interface AwsManagedPolicy {
  /** The document of the default version. */
  readonly text: string
}

/** AWS's own policy of that ARN, in any partition. Only AdministratorAccess so far: the import of the others follows. */
export function awsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  if (!/^arn:[\w-]+:iam::aws:policy\/AdministratorAccess$/.test(arn)) return undefined
  return { text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
}
