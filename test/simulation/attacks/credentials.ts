import { anomalous, type Technique, times } from '../technique.ts'

/** Credential access. */
export const credentialTechniques: readonly Technique[] = [
  {
    name: 'ec2-get-password-data',
    types: [
      'CredentialAccess:EC2/PasswordDataReadInBulk',
      'CredentialAccess:EC2/PasswordDataRead',
      anomalous('CredentialAccess'),
    ],
    attack: ({ call, thief, chance }) =>
      times(30, () =>
        call(thief, {
          api: 'ec2:GetPasswordData',
          request: { instanceId: `i-0${chance.hex(16)}` },
          error: 'Client.UnauthorizedOperation',
        }),
      ),
    twin: 'an administrator asks for the password of one machine, and has no right to it',
    nearMiss: ({ call, administrator, chance }) =>
      call(administrator, {
        api: 'ec2:GetPasswordData',
        request: { instanceId: `i-0${chance.hex(16)}` },
        error: 'Client.UnauthorizedOperation',
      }),
  },
  {
    name: 'ec2-steal-instance-credentials',
    types: ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', anomalous('Discovery')],
    attack: ({ call, stolenShop }) => {
      call(stolenShop, { api: 'sts:GetCallerIdentity' })
      call(stolenShop, { api: 'ec2:DescribeInstances', error: 'Client.UnauthorizedOperation' })
    },
    twin: 'the program asks who it is, on its instance',
    nearMiss: ({ call, shop }) => call(shop, { api: 'sts:GetCallerIdentity' }),
  },
  {
    name: 'secretsmanager-batch-retrieve-secrets',
    types: ['CredentialAccess:IAMUser/SecretsReadInBulk', anomalous('CredentialAccess')],
    attack: ({ call, thief }) =>
      times(5, () =>
        call(thief, {
          api: 'secretsmanager:BatchGetSecretValue',
          request: { filters: [{ key: 'tag-key', values: ['live'] }], maxResults: 20 },
        }),
      ),
    twin: 'the developer reads one secret of development',
    nearMiss: ({ call, developer }) =>
      call(developer, { api: 'secretsmanager:GetSecretValue', request: { secretId: 'dev/orders' } }),
  },
  {
    name: 'secretsmanager-retrieve-secrets',
    types: ['CredentialAccess:IAMUser/SecretsReadInBulk', anomalous('CredentialAccess')],
    attack: ({ call, thief }) => {
      call(thief, { api: 'secretsmanager:ListSecrets' })
      times(30, (at) =>
        call(thief, { api: 'secretsmanager:GetSecretValue', request: { secretId: `live/service-${at}/db` } }),
      )
    },
    twin: 'a program reads its own secret again and again',
    nearMiss: ({ call, shop }) =>
      times(30, () =>
        call(shop, { api: 'secretsmanager:GetSecretValue', request: { secretId: 'live/shop/db' } }),
      ),
  },
  {
    name: 'ssm-retrieve-securestring-parameters',
    types: ['CredentialAccess:IAMUser/ParametersReadInBulk', anomalous('CredentialAccess')],
    attack: ({ call, thief }) => {
      call(thief, { api: 'ssm:DescribeParameters' })
      times(6, (page) =>
        call(thief, {
          api: 'ssm:GetParameters',
          request: {
            withDecryption: true,
            names: Array.from({ length: 10 }, (_, at) => `/live/${page}/${at}`),
          },
        }),
      )
    },
    twin: 'a program reads its own parameter at each start',
    nearMiss: ({ call, shop }) =>
      times(10, () =>
        call(shop, {
          api: 'ssm:GetParameters',
          request: { withDecryption: true, names: ['/live/shop/limits'] },
        }),
      ),
  },
]
