import { listing } from './access.ts'
import { ec2 } from './declare.ts'
import { defaultVpc } from './network.ts'
import { isAsked } from './vpcs.ts'

/** Tells of the account what is true here: it has VPCs alone, and which is its default one. */
export const DescribeAccountAttributes = ec2('DescribeAccountAttributes', {
  access: (_, __, call) => listing(call, 'ec2:DescribeAccountAttributes'),
  run({ input: { AttributeNames }, call }) {
    const all = [
      ['supported-platforms', 'VPC'],
      ['default-vpc', defaultVpc(call.tx, call)?.vpcId ?? 'none'],
    ] as const
    const asked = all.filter(([name]) => isAsked(AttributeNames, name))
    return {
      AccountAttributes: asked.map(([AttributeName, AttributeValue]) => ({
        AttributeName,
        AttributeValues: [{ AttributeValue }],
      })),
    }
  },
})
