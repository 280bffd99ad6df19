import { text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Execution:SageMaker/LifecycleConfigurationChanged'

/** A notebook that stands already is told to run a script as root. Source: SageMaker API Reference, UpdateNotebookInstance. */
export const notebooks = callDetector({
  name: 'notebooks',
  events: ['sagemaker:UpdateNotebookInstance', 'sagemaker:UpdateNotebookInstanceLifecycleConfig'],
  finds: {
    [type]: {
      severity: 6,
      title: 'What a notebook runs when it starts was changed.',
      description:
        '{userName} called {api}: the lifecycle configuration {configuration} is run by notebooks.',
      remediation: [
        {
          text: 'Take the configuration from the notebook.',
          command:
            'aws sagemaker update-notebook-instance --notebook-instance-name {notebook} --disassociate-lifecycle-config --region {region}',
        },
        ...undo(
          'See what it runs.',
          'aws sagemaker describe-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name {configuration} --region {region}',
        ),
      ],
    },
  },
  see({ requestParameters }) {
    const notebook = text(requestParameters, 'notebookInstanceName')
    const configuration =
      text(requestParameters, 'lifecycleConfigName') ??
      text(requestParameters, 'notebookInstanceLifecycleConfigName')
    const runs = ['onStart', 'onCreate'].some((when) => value(requestParameters, when) !== undefined)
    if (configuration === undefined || (notebook === undefined && !runs)) return undefined
    const values = { configuration, ...(notebook !== undefined && { notebook }) }
    return { type, about: notebook ?? configuration, values }
  },
})
