import { counter, gauge, type Registry } from '@plumbline/kit';

/** The metrics of ml-trainer. */
export function trainerMetrics(registry: Registry) {
  return {
    trainings: counter(registry, 'preempt_trainer_trainings_total', 'Versions published'),
    failures: counter(registry, 'preempt_trainer_failures_total', 'Failed trainings, by what failed', [
      'what',
    ]),
    series: gauge(registry, 'preempt_trainer_series', 'Series of the last training, by what they have', [
      'has',
    ]),
    version: gauge(registry, 'preempt_trainer_model_version', 'The newest version on the volume'),
    trainedAt: gauge(
      registry,
      'preempt_trainer_trained_timestamp_seconds',
      'When the newest version was trained, in seconds since 1970',
    ),
    seconds: gauge(registry, 'preempt_trainer_training_seconds', 'How long the last training took'),
  };
}

export type TrainerMetrics = ReturnType<typeof trainerMetrics>;
