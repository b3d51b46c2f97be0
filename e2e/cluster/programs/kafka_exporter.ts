/** The stand-in for kafka_exporter as a program, with the options that the manifest gives to the real one. */
import { parseArgs } from 'node:util';
import { KafkaExporterStandIn } from '../../observability/kafka-exporter.ts';

const { values } = parseArgs({
  options: {
    'kafka.server': { type: 'string', multiple: true, default: [] },
    'offset.show-all': { type: 'boolean' },
  },
});

await KafkaExporterStandIn.start(values['kafka.server'], {}, { port: 9308, host: '0.0.0.0' });
console.log(`serving the figures of ${values['kafka.server'].join(', ')}`);
// The server alone does not keep the process.
setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => process.exit());
